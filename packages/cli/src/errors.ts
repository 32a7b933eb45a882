import { EXIT, type ExitCode, type ExitName } from './exit.js';
import { fill, type Holes, type Language, type Text } from './language.js';

interface Entry extends Text {
  readonly exit: ExitName;
  /** The command that helps most often. */
  readonly next: string;
}

/** Every error that the command itself can end with: its exit code, one cause, one next command. */
export const ERRORS = {
  'unknown-command': { exit: 'usage', en: 'there is no command "{name}"', zh: '没有命令“{name}”', next: 'evroam --help' },
  'unknown-option': { exit: 'usage', en: 'there is no option {name}', zh: '没有选项 {name}', next: '{command} --help' },
  'missing-argument': { exit: 'usage', en: 'the argument {name} is missing', zh: '缺少参数 {name}', next: '{command} --help' },
  'missing-option': { exit: 'usage', en: 'the option {name} is needed', zh: '需要选项 {name}', next: '{command} --help' },
  'too-many-arguments': { exit: 'usage', en: 'more arguments than the command takes', zh: '参数过多', next: '{command} --help' },
  'bad-value': { exit: 'usage', en: '{name} cannot be "{value}": {why}', zh: '{name} 不能是“{value}”：{why}', next: '{command} --help' },
  'bad-input': { exit: 'usage', en: 'the input cannot be read: {why}', zh: '无法读取输入：{why}', next: '{command} --help' },
  'no-such-path': { exit: 'usage', en: 'the result has no {path}', zh: '结果中没有 {path}', next: '{command} -o json' },
  'file-unreadable': {
    exit: 'notFound',
    en: 'the file {file} cannot be read: {why}',
    zh: '无法读取文件 {file}：{why}',
    next: 'ls -l {file}',
  },
  'not-found': { exit: 'notFound', en: 'there is no {what}', zh: '没有 {what}', next: '{list}' },
  'not-logged-in': {
    exit: 'notAllowed',
    en: 'no hub is known: neither a context nor EVROAM_URL is set',
    zh: '没有可用的平台：未设置上下文或 EVROAM_URL',
    next: 'evroam login <url>',
  },
  'not-allowed': { exit: 'notAllowed', en: 'the hub refused the API key: {why}', zh: '平台拒绝了 API 密钥：{why}', next: 'evroam whoami' },
  'config-exposed': { exit: 'notAllowed', en: '{file} can be read by others', zh: '{file} 可被他人读取', next: 'chmod 600 {file}' },
  conflict: { exit: 'conflict', en: 'the hub says no: {why}', zh: '平台拒绝：{why}', next: '{command} --help' },
  'remote-unreachable': { exit: 'remote', en: '{url} cannot be reached: {why}', zh: '无法连接 {url}：{why}', next: 'evroam doctor' },
  'remote-refused': { exit: 'remote', en: '{url} answered {status}: {why}', zh: '{url} 返回 {status}：{why}', next: 'evroam doctor' },
  'timed-out': {
    exit: 'timeout',
    en: '{url} did not answer in {seconds} s; whether it was done is unknown',
    zh: '{url} 在 {seconds} 秒内没有回答；结果未知',
    next: '{check}',
  },
  'check-failed': { exit: 'checkFailed', en: '{why}', zh: '{why}', next: '{command} --help' },
  'in-use': { exit: 'conflict', en: '{why}', zh: '{why}', next: 'evroam doctor --local' },
  'interactive-only': {
    exit: 'usage',
    en: 'this needs a terminal, or the secret on standard input',
    zh: '需要终端，或从标准输入提供密钥',
    next: '{command} --help',
  },
  'world-broke': {
    exit: 'fault',
    en: 'the {part} of the demo world ended: {why}',
    zh: '演示环境的 {part} 已退出：{why}',
    next: 'evroam doctor --local',
  },
  fault: {
    exit: 'fault',
    en: 'an unexpected fault (report {report}): {why}',
    zh: '意外故障（报告 {report}）：{why}',
    next: 'evroam explain fault',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type ErrorCode = keyof typeof ERRORS;
type Values<C extends ErrorCode> = Record<
  Exclude<Holes<(typeof ERRORS)[C]['en']> | Holes<(typeof ERRORS)[C]['next']>, 'command'>,
  string | number
>;

/** An expected end of a command that did not succeed. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly values: Readonly<Record<string, string | number>>;
  /** A command that fits better than the table's. */
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    values: Readonly<Record<string, string | number>>,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(fill(ERRORS[code].en, values), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exit = EXIT[ERRORS[code].exit];
    this.values = values;
    this.hint = options.hint;
  }

  /** The cause and the next command, for a person. */
  describe(language: Language, command: string): { cause: string; next: string } {
    const values = { command, ...this.values };
    return { cause: fill(ERRORS[this.code][language], values), next: this.hint ?? fill(ERRORS[this.code].next, values) };
  }
}

/** Makes the error of a code, with exactly the values that its sentences name. */
export const failure = <C extends ErrorCode>(code: C, values: Values<C>, options: { hint?: string; cause?: unknown } = {}): CliError =>
  new CliError(code, values, options);
