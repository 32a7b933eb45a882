// OCPI 2.3.0 with the optional payments module: the core, with the objects that the module widens.
export * from '../index.js';
export { CDR, cdrs } from './cdrs.js';
export { CaptureStatusCode, FinancialAdviceConfirmation, InvoiceCreator, payments, Terminal } from './payments.js';
export { Tariff, tariffs } from './tariffs.js';
