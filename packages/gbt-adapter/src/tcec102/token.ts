import { defineInterface } from './interface.js';
import { codes, fixed, integer, object, optional, text } from './schema.js';

/** Gets the token that every other call carries. FailReason 1: no such operator, 2: wrong secret. T/CEC 102.4-2016, 获取token */
export const queryToken = defineInterface({
  name: 'query_token',
  from: 'either',
  request: object({ OperatorID: fixed(9), OperatorSecret: text(200) }),
  response: object({
    OperatorID: fixed(9),
    SuccStat: codes(0, 1),
    AccessToken: optional(text(1000)),
    TokenAvailableTime: optional(integer),
    FailReason: integer,
  }),
});
