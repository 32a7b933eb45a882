import type { Branch } from '../command.js';
import { decodeOcpp, lintOcpp, listOcpp, schemaOcpp } from './proto/ocpp.js';

export const proto: Branch = {
  about: { en: 'the protocols: check, decode, list', zh: '协议：检查、解析、列表' },
  commands: {
    lint: { about: { en: 'check messages and objects', zh: '检查报文和对象' }, commands: { ocpp: lintOcpp } },
    decode: { about: { en: 'read captured messages', zh: '解析抓取的报文' }, commands: { ocpp: decodeOcpp } },
    list: { about: { en: 'what a protocol holds', zh: '协议的内容' }, commands: { ocpp: listOcpp } },
    schema: { about: { en: 'definitions as JSON Schema', zh: 'JSON Schema 定义' }, commands: { ocpp: schemaOcpp } },
  },
};
