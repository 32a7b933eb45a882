import { dateTime, type Infer, list, natural, number, oneOf, optional, text } from '../schema.js';
import { PhaseEnumType, UnitOfMeasureType } from '../v201/metering.js';
import { object } from '../v201/object.js';
import { action } from './action.js';

// Unchanged since 2.0.1.
export { PhaseEnumType, UnitOfMeasureType } from '../v201/metering.js';

/** OCPP 2.1, J01 */
export const MeasurandEnumType = oneOf(
  'Current.Export',
  'Current.Export.Offered',
  'Current.Export.Minimum',
  'Current.Import',
  'Current.Import.Offered',
  'Current.Import.Minimum',
  'Current.Offered',
  'Display.PresentSOC',
  'Display.MinimumSOC',
  'Display.TargetSOC',
  'Display.MaximumSOC',
  'Display.RemainingTimeToMinimumSOC',
  'Display.RemainingTimeToTargetSOC',
  'Display.RemainingTimeToMaximumSOC',
  'Display.ChargingComplete',
  'Display.BatteryEnergyCapacity',
  'Display.InletHot',
  'Energy.Active.Export.Interval',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Interval',
  'Energy.Active.Import.Register',
  'Energy.Active.Import.CableLoss',
  'Energy.Active.Import.LocalGeneration.Register',
  'Energy.Active.Net',
  'Energy.Active.Setpoint.Interval',
  'Energy.Apparent.Export',
  'Energy.Apparent.Import',
  'Energy.Apparent.Net',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Import.Register',
  'Energy.Reactive.Net',
  'EnergyRequest.Target',
  'EnergyRequest.Minimum',
  'EnergyRequest.Maximum',
  'EnergyRequest.Minimum.V2X',
  'EnergyRequest.Maximum.V2X',
  'EnergyRequest.Bulk',
  'Frequency',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Active.Setpoint',
  'Power.Active.Residual',
  'Power.Export.Minimum',
  'Power.Export.Offered',
  'Power.Factor',
  'Power.Import.Offered',
  'Power.Import.Minimum',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'SoC',
  'Voltage',
  'Voltage.Minimum',
  'Voltage.Maximum',
);

/** A reading that the meter signed, Base64. OCPP 2.1, J01 */
export const SignedMeterValueType = object({
  signedMeterData: text(32_768),
  signingMethod: optional(text(50)),
  encodingMethod: text(50),
  publicKey: optional(text(2_500)),
});
export type SignedMeterValueType = Infer<typeof SignedMeterValueType>;

/** One measured value; absent fields mean energy register, Wh, Sample.Periodic, Outlet. OCPP 2.1, J01 */
export const SampledValueType = object({
  value: number(),
  measurand: optional(MeasurandEnumType),
  context: optional(
    oneOf(
      'Interruption.Begin',
      'Interruption.End',
      'Other',
      'Sample.Clock',
      'Sample.Periodic',
      'Transaction.Begin',
      'Transaction.End',
      'Trigger',
    ),
  ),
  phase: optional(PhaseEnumType),
  location: optional(oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet', 'Upstream')),
  signedMeterValue: optional(SignedMeterValueType),
  unitOfMeasure: optional(UnitOfMeasureType),
});
export type SampledValueType = Infer<typeof SampledValueType>;

/** What was measured at one moment. OCPP 2.1, J01 */
export const MeterValueType = object({
  sampledValue: list(SampledValueType, { minItems: 1 }),
  timestamp: dateTime,
});
export type MeterValueType = Infer<typeof MeterValueType>;

/** Readings that belong to no transaction; EVSE 0 is the main meter. OCPP 2.1, J01 */
export const MeterValues = action.call({
  name: 'MeterValues',
  from: 'station',
  request: object({
    evseId: natural,
    meterValue: list(MeterValueType, { minItems: 1 }),
  }),
  response: object({}),
});
