import type { Text } from './language.js';

export interface Code {
  readonly kind: 'ocpi' | 'ocpp' | 'clearing' | 'refusal';
  readonly code: string;
  readonly name: string;
  readonly meaning: Text;
}

const ocpi = (code: string, en: string, zh: string): Code => ({ kind: 'ocpi', code, name: 'status_code', meaning: { en, zh } });
const ocpp = (code: string, name: string, en: string, zh: string): Code => ({ kind: 'ocpp', code, name, meaning: { en, zh } });
const clearing = (code: string, en: string, zh: string): Code => ({ kind: 'clearing', code, name: 'cdr', meaning: { en, zh } });

const FORMAT = { en: 'the frame or the payload is not built as the message wants', zh: '帧或负载结构不符合该报文' };
const OCCURRENCE = { en: 'a field is missing, or a list has too few or too many items', zh: '缺少字段，或列表项过少或过多' };

/** Codes of the protocols and of clearing, in our words. OCPI 2.2.1, 5; OCPP-J 1.6, 4.2.3; OCPP 2.0.1 part 4, 4.3 */
export const CODES: readonly Code[] = [
  ocpi('1000', 'success', '成功'),
  ocpi('2000', 'the client made an error that has no code of its own', '客户端一般错误'),
  ocpi('2001', 'parameters or body are missing or wrong', '参数或内容缺失、无效'),
  ocpi('2002', 'too little information for the request', '信息不足'),
  ocpi('2003', 'the location is not known here', '未知的站点'),
  ocpi('2004', 'the token is not known here', '未知的令牌'),
  ocpi('3000', 'the server made an error that has no code of its own', '服务端一般错误'),
  ocpi('3001', "the other side's API cannot be used", '无法使用对方的接口'),
  ocpi('3002', 'the other side does not offer the version', '不支持的版本'),
  ocpi('3003', 'the two sides have no endpoint in common', '没有匹配的端点'),
  ocpi('4000', 'the hub met an error that has no code of its own', '平台一般错误'),
  ocpi('4001', 'the receiver named in the routing headers is not known', '未知的接收方'),
  ocpi('4002', 'the hub waited for the receiver in vain', '转发请求超时'),
  ocpi('4003', 'the hub cannot reach the receiver', '无法连接接收方'),
  ocpp('NotImplemented', '1.6, 2.x', 'the receiver does not know the action', '接收方不认识该动作'),
  ocpp('NotSupported', '1.6, 2.x', 'the receiver knows the action and does not offer it', '接收方认识但不支持该动作'),
  ocpp('InternalError', '1.6, 2.x', 'the receiver failed inside', '接收方内部错误'),
  ocpp('ProtocolError', '1.6, 2.x', 'the message does not fit the state of the conversation', '报文不符合协议流程'),
  ocpp('SecurityError', '1.6, 2.x', 'something about security stopped the message', '因安全原因被拒绝'),
  ocpp('PropertyConstraintViolation', '1.6, 2.x', 'a field has a value that it may not have', '字段取值不允许'),
  ocpp('TypeConstraintViolation', '1.6, 2.x', 'a field has the wrong type, such as a text for a number', '字段类型错误'),
  ocpp('GenericError', '1.6, 2.x', 'an error that no other code names', '其他错误'),
  { kind: 'ocpp', code: 'FormationViolation', name: '1.6', meaning: FORMAT },
  { kind: 'ocpp', code: 'FormatViolation', name: '2.x', meaning: FORMAT },
  { kind: 'ocpp', code: 'OccurenceConstraintViolation', name: '1.6', meaning: OCCURRENCE },
  { kind: 'ocpp', code: 'OccurrenceConstraintViolation', name: '2.x', meaning: OCCURRENCE },
  ocpp('MessageTypeNotSupported', '2.x', 'the message type number is not known', '不支持的消息类型'),
  ocpp('RpcFrameworkError', '2.x', 'the text is not a frame of the RPC', '文本不是有效的 RPC 帧'),
  clearing('received', 'stored byte for byte, then acknowledged', '已按原字节保存并确认'),
  clearing('duplicate', 'the same CDR again; it got the first answer', '重复的 CDR；给出第一次的答复'),
  clearing('conflict', 'the same id with other content; kept and shown, not settled', '同一编号但内容不同；保留并提示，不结算'),
  clearing(
    'quarantined',
    'the schema, the owner, the EVSE, the agreement or the currency does not fit',
    '结构、归属、EVSE、协议或币种不符',
  ),
  clearing('checked', 'the hard rules passed', '硬性规则检查通过'),
  clearing('matched', 'its session was found', '已匹配到会话'),
  clearing(
    'held',
    'waits for a person or a retry: no session, outside tolerance, unknown tariff, late, or a second CDR',
    '等待处理：无会话、超出容差、未知资费、迟到或重复计费',
  ),
  clearing('accepted', 'rated again within tolerance and posted', '复算在容差内并已记账'),
  clearing('declined', 'sent back to the CPO with a reason', '附原因退回 CPO'),
  clearing('rejected', 'refused for good', '最终拒绝'),
  clearing('expired', 'came after the late window', '超过迟到窗口'),
];
