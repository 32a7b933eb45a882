/** What a central system may read and set of a station. */
export interface Settings {
  /** Between two heartbeats, seconds; 0 sends none. */
  heartbeatSeconds: number;
  /** Between two readings in a transaction, seconds; 0 sends none. */
  meterIntervalSeconds: number;
  /** How long a start waits for the cable, seconds. */
  connectionTimeoutSeconds: number;
  /** Asks about the token of a remote start. */
  authorizeRemoteStart: boolean;
}

/** One setting under the name of each family of versions. */
interface Named {
  readonly key16: string;
  readonly component2x: string;
  readonly variable2x: string;
  readonly setting: keyof Settings;
}

const names: readonly Named[] = [
  { key16: 'HeartbeatInterval', component2x: 'OCPPCommCtrlr', variable2x: 'HeartbeatInterval', setting: 'heartbeatSeconds' },
  { key16: 'MeterValueSampleInterval', component2x: 'SampledDataCtrlr', variable2x: 'TxUpdatedInterval', setting: 'meterIntervalSeconds' },
  { key16: 'ConnectionTimeOut', component2x: 'TxCtrlr', variable2x: 'EVConnectionTimeOut', setting: 'connectionTimeoutSeconds' },
  { key16: 'AuthorizeRemoteTxRequests', component2x: 'AuthCtrlr', variable2x: 'AuthorizeRemoteStart', setting: 'authorizeRemoteStart' },
];

/** A setting by its name in OCPP 1.6; keys are compared without regard to case, since stations differ. */
export const settingOfKey = (key: string): Named | undefined => names.find(({ key16 }) => key16.toLowerCase() === key.toLowerCase());

/** A setting by its component and variable in OCPP 2.x. */
export const settingOfVariable = (component: string, variable: string): Named | undefined =>
  names.find(({ component2x, variable2x }) => component2x === component && variable2x === variable);

/** All settings with their names and values as text. */
export const listed = (settings: Settings): readonly (Named & { readonly value: string })[] =>
  names.map((named) => ({ ...named, value: String(settings[named.setting]) }));

/** Writes a setting from its text; false when the text means nothing. */
export function write(settings: Settings, { setting }: Named, text: string): boolean {
  if (setting === 'authorizeRemoteStart') {
    if (text !== 'true' && text !== 'false') return false;
    settings[setting] = text === 'true';
    return true;
  }
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seconds)) return false;
  settings[setting] = seconds;
  return true;
}
