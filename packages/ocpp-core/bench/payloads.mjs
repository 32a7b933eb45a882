// What real chargers send, ten values a reading.
const time = '2026-03-02T10:15:00.000Z';
const values = [
  [18342.7, 'Energy.Active.Import.Register', 'Wh'],
  [11040, 'Power.Active.Import', 'W'],
  [16.01, 'Current.Import', 'A', 'L1'],
  [15.98, 'Current.Import', 'A', 'L2'],
  [15.99, 'Current.Import', 'A', 'L3'],
  [229.8, 'Voltage', 'V', 'L1-N'],
  [230.4, 'Voltage', 'V', 'L2-N'],
  [231, 'Voltage', 'V', 'L3-N'],
  [11500, 'Power.Offered', 'W'],
  [57, 'SoC', 'Percent'],
];
const common = ([, measurand, , phase]) => ({
  context: 'Sample.Periodic',
  measurand,
  location: 'Outlet',
  ...(phase ? { phase } : {}),
});

export const payloads = {
  MeterValues: {
    connectorId: 1,
    transactionId: 918340,
    meterValue: [
      {
        timestamp: time,
        sampledValue: values.map((sample) => ({ value: String(sample[0]), format: 'Raw', unit: sample[2], ...common(sample) })),
      },
    ],
  },
  Heartbeat: {},
  BootNotification: {
    chargePointVendor: 'BenchVendor',
    chargePointModel: 'BV-22AC',
    chargePointSerialNumber: 'BV22-000001',
    firmwareVersion: '1.14.2',
    iccid: '89310410106543789301',
    meterType: 'EM340',
  },
  TransactionEvent: {
    eventType: 'Updated',
    timestamp: time,
    triggerReason: 'MeterValuePeriodic',
    seqNo: 1_000_017,
    offline: false,
    transactionInfo: { transactionId: 'd6a1a1a0-7e0e-4c1e-9d1c-2f6f2b1f1c11', chargingState: 'Charging', timeSpentCharging: 1260 },
    evse: { id: 1, connectorId: 1 },
    idToken: { idToken: '04E91C5A123B80', type: 'ISO14443' },
    meterValue: [
      {
        timestamp: time,
        sampledValue: values.map((sample) => ({ value: sample[0], unitOfMeasure: { unit: sample[2], multiplier: 0 }, ...common(sample) })),
      },
    ],
  },
};

/** The version that a message belongs to. */
export const protocolOf = (action) => (action === 'TransactionEvent' ? 'ocpp2.0.1' : 'ocpp1.6');
