import type { Text } from './language.js';

interface Topic {
  readonly title: Text;
  readonly body: Text;
}

/** What `evroam docs` tells. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  output: {
    title: { en: 'Formats, fields and paths', zh: '格式、字段和路径' },
    body: {
      en: `Data goes to standard output, talk to standard error, so a pipe carries data only.
-o table|wide|json|ndjson|csv|yaml chooses the format; EVROAM_OUTPUT sets it for all commands.
--fields id,status keeps those fields; --query '[0].id' gives one value; '[]' means each item.
Columns of a table may change between versions; fields of JSON do not without notice.
Money is a text with its exact digits and a currency, never a floating number.
Escape sequences in what others sent are shown as \\u001b: they cannot act on your terminal.
In CSV a cell that a spreadsheet would run as a formula gets an apostrophe in front.`,
      zh: `数据写到标准输出，提示写到标准错误，管道里只有数据。
-o table|wide|json|ndjson|csv|yaml 选择格式；EVROAM_OUTPUT 为所有命令设定格式。
--fields id,status 只保留这些字段；--query '[0].id' 取一个值；'[]' 表示每一项。
表格的列可能随版本变化；JSON 字段不会无故变化。
金额是精确的文本加币种，从不是浮点数。
外来文本中的转义序列显示为 \\u001b，不会影响您的终端。
CSV 中会被电子表格当作公式的单元格前加撇号。`,
    },
  },
  exit: {
    title: { en: 'Exit codes', zh: '退出码' },
    body: {
      en: `0 done · 1 unexpected fault · 2 wrong usage · 3 not found · 4 not allowed · 5 conflict
6 the other side is unreachable or refused · 7 time ran out, outcome unknown · 8 a check failed
9 partly done · 130 interrupted. Each in words: evroam explain 8`,
      zh: `0 完成 · 1 意外故障 · 2 用法错误 · 3 未找到 · 4 无权限 · 5 冲突
6 对方不可达或拒绝 · 7 超时，结果未知 · 8 检查未通过 · 9 部分完成 · 130 中断
逐一说明：evroam explain 8`,
    },
  },
  secrets: {
    title: { en: 'Where secrets are kept', zh: '密钥保存在哪里' },
    body: {
      en: `API keys are read from standard input, never from arguments, and kept in contexts.json below
$XDG_CONFIG_HOME/evroam with mode 0600; a file that others can read is refused.
EVROAM_URL and EVROAM_API_KEY override the file, for containers and CI.`,
      zh: `API 密钥从标准输入读取，从不作为参数，保存在 $XDG_CONFIG_HOME/evroam 下的 contexts.json（权限 0600）；
可被他人读取的文件会被拒绝。EVROAM_URL 和 EVROAM_API_KEY 优先于文件，用于容器和 CI。`,
    },
  },
  lines: {
    title: { en: 'Line by line', zh: '逐行处理' },
    body: {
      en: `Commands with --ndjson read one JSON value a line and answer each with one line, in order, at once:
a program may keep the command open and ask as it goes. They end with 8 when one line was not ok.
A line longer than 16 MB, or one that is not JSON, gets a verdict like any other.`,
      zh: `带 --ndjson 的命令每行读取一个 JSON 值，并按顺序立即逐行回答；程序可以保持命令打开并随时提问。
只要有一行不通过，退出码为 8。超过 16 MB 或不是 JSON 的行也会得到结论。`,
    },
  },
};
