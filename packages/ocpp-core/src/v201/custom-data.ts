import { type Infer, openObject, text } from '../schema.js';

/** What a vendor adds; the only object that may carry more than is named. OCPP 2.0.1, part 2, 2.1.5 */
export const CustomDataType = openObject({ vendorId: text(255) });
export type CustomDataType = Infer<typeof CustomDataType>;
