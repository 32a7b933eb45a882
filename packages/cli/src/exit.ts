import type { Text } from './language.js';

/** What the number of an ended command says; scripts may rely on it. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  remote: 6,
  timeout: 7,
  checkFailed: 8,
  partly: 9,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT;
export type ExitCode = (typeof EXIT)[ExitName];

/** The same table in words, for `evroam explain`. */
export const EXIT_MEANING: Readonly<Record<ExitName, Text>> = {
  done: { en: 'done, or no difference found', zh: '完成，或没有差异' },
  fault: { en: 'an unexpected fault; the report id stands in the message', zh: '意外故障；消息中有报告编号' },
  usage: { en: 'wrong usage: an option or argument is missing or not understood', zh: '用法错误：缺少或无法识别的选项或参数' },
  notFound: { en: 'what was asked for does not exist', zh: '要找的对象不存在' },
  notAllowed: { en: 'not logged in, or not allowed', zh: '未登录或没有权限' },
  conflict: { en: 'conflict: the same key with other content, or a closed period', zh: '冲突：同一键但内容不同，或账期已关闭' },
  remote: { en: 'the other side cannot be reached or refused', zh: '对方无法连接或拒绝' },
  timeout: { en: 'time ran out and the outcome is unknown; the message says how to check', zh: '超时，结果未知；消息说明如何查询' },
  checkFailed: { en: 'a check failed: lint, verify, diff, conformance or doctor', zh: '检查未通过：lint、verify、diff、一致性或 doctor' },
  partly: { en: 'partly done; the message says how to go on', zh: '部分完成；消息说明如何继续' },
  interrupted: { en: 'interrupted by Ctrl-C', zh: '被 Ctrl-C 中断' },
};
