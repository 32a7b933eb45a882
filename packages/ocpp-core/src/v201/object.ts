import { object as closed, type InferShape, type Optional, optional, type Schema, type Shape } from '../schema.js';
import { CustomDataType } from './custom-data.js';

const customData = optional(CustomDataType);

/** An object of OCPP 2.x: closed, but for the customData that each may carry. */
export const object = <P extends Shape>(properties: P): Schema<InferShape<P & { readonly customData: Optional<CustomDataType> }>> =>
  closed({ ...properties, customData });
