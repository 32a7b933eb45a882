import { type Infer, optional, text } from '../schema.js';
import { VariableType } from '../v201/device-model.js';
import { object } from '../v201/object.js';
import { EVSEType } from './types.js';

// Unchanged since 2.0.1.
export { VariableType } from '../v201/device-model.js';

/** Names a part of the device model. OCPP 2.1, B05 */
export const ComponentType = object({
  evse: optional(EVSEType),
  name: text(50),
  instance: optional(text(50)),
});
export type ComponentType = Infer<typeof ComponentType>;

/** A component, or one variable of it. OCPP 2.1, B08 */
export const ComponentVariableType = object({
  component: ComponentType,
  variable: optional(VariableType),
});
export type ComponentVariableType = Infer<typeof ComponentVariableType>;
