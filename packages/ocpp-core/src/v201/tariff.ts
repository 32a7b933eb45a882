import { number, text } from '../schema.js';
import { action } from './action.js';
import { object } from './object.js';

/** Tells the driver at the station what the transaction costs so far. OCPP 2.0.1, I02 */
export const CostUpdated = action.call({
  name: 'CostUpdated',
  from: 'csms',
  request: object({
    totalCost: number(),
    transactionId: text(36),
  }),
  response: object({}),
});
