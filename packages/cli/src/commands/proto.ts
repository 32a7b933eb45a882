import type { Branch } from '../command.js';
import { convertOcpi } from './proto/convert.js';
import { convertTcec } from './proto/convert-tcec.js';
import { decodeGbt27930 } from './proto/gbt27930.js';
import { listGbt27930, listTcec, listYkc } from './proto/list-gbt.js';
import { lintOcpi, listOcpi, schemaOcpi } from './proto/ocpi.js';
import { decodeOcpp, lintOcpp, listOcpp, schemaOcpp } from './proto/ocpp.js';
import { lintTcec, openTcec } from './proto/tcec.js';
import { decodeYkc, encodeYkc } from './proto/ykc.js';

export const proto: Branch = {
  about: { en: 'the protocols: check, decode, list', zh: '协议：检查、解析、列表' },
  commands: {
    lint: {
      about: { en: 'check messages and objects', zh: '检查报文和对象' },
      commands: { ocpp: lintOcpp, ocpi: lintOcpi, tcec: lintTcec },
    },
    decode: {
      about: { en: 'read captured messages', zh: '解析抓取的报文' },
      commands: { ocpp: decodeOcpp, ykc: decodeYkc, gbt27930: decodeGbt27930 },
    },
    open: { about: { en: 'verify and decrypt envelopes', zh: '验签并解密信封' }, commands: { tcec: openTcec } },
    encode: { about: { en: 'write messages', zh: '编码报文' }, commands: { ykc: encodeYkc } },
    convert: {
      about: { en: 'turn objects into another version', zh: '在版本间转换对象' },
      commands: { ocpi: convertOcpi, tcec: convertTcec },
    },
    list: {
      about: { en: 'what a protocol holds', zh: '协议的内容' },
      commands: { ocpp: listOcpp, ocpi: listOcpi, ykc: listYkc, gbt27930: listGbt27930, tcec: listTcec },
    },
    schema: { about: { en: 'definitions as JSON Schema', zh: 'JSON Schema 定义' }, commands: { ocpp: schemaOcpp, ocpi: schemaOcpi } },
  },
};
