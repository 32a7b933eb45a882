import { defineModule, del, get, getList, post, put } from '../module.js';
import { ciText, dateTime, type Infer, object, some } from '../schema.js';

/** Which CDRs an invoice is for. OCPI 2.3.0, mod_invoice_reconciliation */
export const InvoiceReconciliationRecord = object({
  country_code: ciText(2),
  party_id: ciText(3),
  id: ciText(36),
  invoice_id: ciText(255),
  cdrs: some(ciText(36)),
  last_updated: dateTime,
});
export type InvoiceReconciliationRecord = Infer<typeof InvoiceReconciliationRecord>;

const same = { country_code: 'country_code', party_id: 'party_id', id: 'id' } as const;

/** Which CDRs an invoice is for: by the CPO in direct billing, by the eMSP in reverse billing. OCPI 2.3.0 edition 2, mod_invoice_reconciliation */
export const invoiceReconciliation = defineModule({
  id: 'invoicereconciliation',
  sender: { list: getList('', { data: InvoiceReconciliationRecord }) },
  receiver: {
    get: get('/:country_code/:party_id/:id', { data: InvoiceReconciliationRecord }),
    post: post('', { body: InvoiceReconciliationRecord }),
    put: put('/:country_code/:party_id/:id', { body: InvoiceReconciliationRecord, same }),
    delete: del('/:country_code/:party_id/:id', {}),
  },
});
