import { actionsOf } from '../action.js';

/** Defines messages of OCPP 2.0.1. */
export const action = actionsOf('2.0.1');
