import { fill, type Holes, type Language } from './language.js';

const en = {
  usage: 'Usage:',
  arguments: 'Arguments:',
  options: 'Options:',
  commands: 'Commands:',
  examples: 'Examples:',
  try: 'try: {next}',
  didYouMean: 'did you mean {name}?',
  helpAbout: 'show help',
  versionAbout: 'show the version',
  outputAbout: 'how to show the result: {formats}',
  fieldsAbout: 'only these fields, comma-separated',
  queryAbout: 'only the value at this path, such as items[0].id',
  sortAbout: 'sort by this field; -field for the other direction',
  quietAbout: 'no talk, only data',
  contextAbout: 'the context to use (see evroam context list)',
  none: 'nothing found',
  more: '{count} more',
  interrupted: 'interrupted',
  checked: '{total} checked, {bad} wrong',
  valid: 'valid',
  line: 'line {line}',
  traceDropped: '{count} lines of that time were not kept: there were more than the hub had room for',
} as const;

export type MessageKey = keyof typeof en;

const zh: Readonly<Record<MessageKey, string>> = {
  usage: '用法：',
  arguments: '参数：',
  options: '选项：',
  commands: '命令：',
  examples: '示例：',
  try: '请试：{next}',
  didYouMean: '您是不是想用 {name}？',
  helpAbout: '显示帮助',
  versionAbout: '显示版本',
  outputAbout: '结果格式：{formats}',
  fieldsAbout: '只显示这些字段，用逗号分隔',
  queryAbout: '只取该路径的值，例如 items[0].id',
  sortAbout: '按该字段排序；-字段 为倒序',
  quietAbout: '只输出数据，不输出提示',
  contextAbout: '使用的上下文（见 evroam context list）',
  none: '没有找到',
  more: '还有 {count} 项',
  interrupted: '已中断',
  checked: '检查了 {total} 条，{bad} 条有误',
  valid: '有效',
  line: '第 {line} 行',
  traceDropped: '该时段有 {count} 条记录因容量不足未保存',
};

export const messages: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = { en, zh };

export type Say = <K extends MessageKey>(
  key: K,
  ...values: Holes<(typeof en)[K]> extends never ? [] : [Record<Holes<(typeof en)[K]>, string | number>]
) => string;

/** The sentences of the command in one language: `say('checked', { total, bad })`. */
export const sayIn =
  (language: Language): Say =>
  (key, ...values) =>
    fill(messages[language][key], values[0] ?? {});
