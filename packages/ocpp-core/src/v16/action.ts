import { actionsOf } from '../action.js';

/** Defines messages of OCPP 1.6. */
export const action = actionsOf('1.6');
