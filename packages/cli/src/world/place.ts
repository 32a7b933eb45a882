// Our own place in the demo world: one harbour, its chargers, its tariff.

export const HUB_PARTY = 'NL-EVR';
const ZONE = 'Europe/Amsterdam';
const TARIFF = 'TOU';

/** Two EVSEs a charger. */
export const connectorsOf = (id: string) => [1, 2].map((number) => ({ number, evseUid: `${id}-${number}` }));

/** The location that all chargers of the demo stand at, as the admin API takes it. */
export function locationOf(chargers: readonly string[]) {
  return {
    name: 'Harbour 1',
    address: 'Harbour Street 1',
    city: 'Rotterdam',
    postalCode: '3011 AA',
    country: 'NLD',
    coordinates: { latitude: '51.922500', longitude: '4.479170' },
    timeZone: ZONE,
    evses: chargers.flatMap((id) =>
      connectorsOf(id).map(({ evseUid, number }) => ({
        uid: evseUid,
        evseId: `NL*EVR*E${id.replace(/\W/g, '')}${number}`,
        capabilities: ['REMOTE_START_STOP_CAPABLE', 'RFID_READER'],
        connectors: [
          {
            id: '1',
            standard: 'IEC_62196_T2',
            format: 'socket',
            powerType: 'ac3Phase',
            maxVoltage: 230,
            maxAmperage: 32,
            maxPowerWatt: 22_000,
            tariffIds: [TARIFF],
          },
        ],
      })),
    ),
  };
}

/** Electricity and service fee, dearer for six hours from the border on, plus a start fee. */
export function tariffWithBorder(border: Date) {
  const price = (electricity: string, service: string) => ({
    dimension: 'ENERGY',
    taxPercent: 21,
    fees: [
      { type: 'electricity', price: electricity },
      { type: 'service', price: service },
    ],
  });
  const start = { dimension: 'FLAT', taxPercent: 21, fees: [{ type: 'start', price: '0.25' }] };
  return {
    id: TARIFF,
    owner: HUB_PARTY,
    currency: 'EUR',
    text: { en: 'by time of use, with service and start fee', zh: '分时电价，含服务费和启动费' },
    elements: [
      {
        components: [price('0.4123', '0.0950'), start],
        restrictions: { startTime: localTime(border), endTime: localTime(new Date(border.getTime() + 6 * 3_600_000)) },
      },
      { components: [price('0.2871', '0.0950'), start] },
    ],
  };
}

const localTime = (at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
