import { dateTime, type Infer, integer, list, number, oneOf, optional, text } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';

/** OCPP 2.0.1, J01 */
export const MeasurandEnumType = oneOf(
  'Current.Export',
  'Current.Import',
  'Current.Offered',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Active.Net',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Net',
  'Energy.Apparent.Net',
  'Energy.Apparent.Import',
  'Energy.Apparent.Export',
  'Frequency',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Factor',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'SoC',
  'Voltage',
);

/** OCPP 2.0.1, J01 */
export const PhaseEnumType = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');

/** A reading that the meter signed, Base64. OCPP 2.0.1, J01 */
export const SignedMeterValueType = object({
  signedMeterData: text(2_500),
  signingMethod: text(50),
  encodingMethod: text(50),
  publicKey: text(2_500),
});
export type SignedMeterValueType = Infer<typeof SignedMeterValueType>;

/** A unit and the power of ten by which the value is multiplied; Wh and 0 unless given. OCPP 2.0.1, J01 */
export const UnitOfMeasureType = object({
  unit: optional(text(20)),
  multiplier: optional(integer()),
});
export type UnitOfMeasureType = Infer<typeof UnitOfMeasureType>;

/** One measured value; absent fields mean energy register, Wh, Sample.Periodic, Outlet. OCPP 2.0.1, J01 */
export const SampledValueType = object({
  value: number(),
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
  measurand: optional(MeasurandEnumType),
  phase: optional(PhaseEnumType),
  location: optional(oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet')),
  signedMeterValue: optional(SignedMeterValueType),
  unitOfMeasure: optional(UnitOfMeasureType),
});
export type SampledValueType = Infer<typeof SampledValueType>;

/** What was measured at one moment. OCPP 2.0.1, J01 */
export const MeterValueType = object({
  sampledValue: list(SampledValueType, { minItems: 1 }),
  timestamp: dateTime,
});
export type MeterValueType = Infer<typeof MeterValueType>;

/** Readings that belong to no transaction; EVSE 0 is the main meter. OCPP 2.0.1, J01 */
export const MeterValues = action.call({
  name: 'MeterValues',
  from: 'station',
  request: object({
    evseId: integer(),
    meterValue: list(MeterValueType, { minItems: 1 }),
  }),
  response: object({}),
});
