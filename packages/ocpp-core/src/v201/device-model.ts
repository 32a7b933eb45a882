import { type Infer, optional, text } from '../schema.js';
import { object } from './object.js';
import { EVSEType } from './types.js';

/** Names a part of the device model. OCPP 2.0.1, B05 */
export const ComponentType = object({
  evse: optional(EVSEType),
  name: text(50),
  instance: optional(text(50)),
});
export type ComponentType = Infer<typeof ComponentType>;

/** Names a variable of a component. OCPP 2.0.1, B05 */
export const VariableType = object({
  name: text(50),
  instance: optional(text(50)),
});
export type VariableType = Infer<typeof VariableType>;

/** A component, or one variable of it. OCPP 2.0.1, B08 */
export const ComponentVariableType = object({
  component: ComponentType,
  variable: optional(VariableType),
});
export type ComponentVariableType = Infer<typeof ComponentVariableType>;
