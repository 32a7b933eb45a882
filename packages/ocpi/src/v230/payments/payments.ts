import { defineModule, get, getList, patch, post, put } from '../../module.js';
import { ciText, dateTime, type Infer, list, object, oneOf, optional, partOf, some, url } from '../../schema.js';
import { GeoLocation } from '../locations.js';
import { Price } from '../types.js';

/** OCPI 2.3.0 payments, mod_payments */
export const InvoiceCreator = oneOf('CPO', 'PTP');
export type InvoiceCreator = Infer<typeof InvoiceCreator>;

/** A payment terminal and what it serves. OCPI 2.3.0 payments, mod_payments */
export const Terminal = object({
  terminal_id: ciText(36),
  customer_reference: optional(ciText(36)),
  party_id: optional(ciText(3)),
  country_code: optional(ciText(2)),
  address: optional(ciText(45)),
  city: optional(ciText(45)),
  postal_code: optional(ciText(10)),
  state: optional(ciText(20)),
  country: optional(ciText(3)),
  coordinates: optional(GeoLocation),
  invoice_base_url: optional(url),
  invoice_creator: optional(InvoiceCreator),
  reference: optional(ciText(36)),
  location_ids: optional(list(ciText(36))),
  evse_uids: optional(list(ciText(36))),
  last_updated: dateTime,
});
export type Terminal = Infer<typeof Terminal>;

/** OCPI 2.3.0 payments, mod_payments */
export const CaptureStatusCode = oneOf('SUCCESS', 'PARTIAL_SUCCESS', 'FAILED');
export type CaptureStatusCode = Infer<typeof CaptureStatusCode>;

/** What was captured from a card. OCPI 2.3.0 payments, mod_payments */
export const FinancialAdviceConfirmation = object({
  id: ciText(36),
  authorization_reference: ciText(36),
  total_costs: Price,
  currency: ciText(3),
  eft_data: some(ciText(255)),
  capture_status_code: CaptureStatusCode,
  capture_status_message: optional(ciText(255)),
  last_updated: dateTime,
});
export type FinancialAdviceConfirmation = Infer<typeof FinancialAdviceConfirmation>;

const sent = { body: partOf(Terminal) };

/** Payment terminals and what they captured. The provider (PTP) owns both objects; the CPO assigns locations. OCPI 2.3.0, mod_payments */
export const payments = defineModule({
  id: 'payments',
  sender: {
    listTerminals: getList('/terminals', { data: Terminal }),
    getTerminal: get('/terminals/:terminal_id', { data: Terminal }),
    activate: post('/terminals/activate', sent),
    deactivate: post('/terminals/:terminal_id/deactivate', {}),
    putTerminal: put('/terminals/:terminal_id', { ...sent, same: { terminal_id: 'terminal_id' } }),
    patchTerminal: patch('/terminals/:terminal_id', { ...sent, same: { terminal_id: 'terminal_id' } }),
    listConfirmations: getList('/financial-advice-confirmations', { data: FinancialAdviceConfirmation }),
    getConfirmation: get('/financial-advice-confirmations/:id', { data: FinancialAdviceConfirmation }),
  },
  receiver: {
    getTerminal: get('/terminals/:terminal_id', { data: Terminal }),
    postTerminal: post('/terminals', { body: partOf(Terminal) }),
    getConfirmation: get('/financial-advice-confirmations/:id', { data: FinancialAdviceConfirmation }),
    postConfirmation: post('/financial-advice-confirmations', { body: FinancialAdviceConfirmation }),
  },
});
