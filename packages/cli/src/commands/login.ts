import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { defineCommand, textOr } from '../command.js';
import { findContext, readContexts, writeContexts } from '../contexts.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import type { Io } from '../io.js';
import { linesOf } from '../lines.js';
import { outputOptions, showRecord } from '../output/show.js';

export const login = defineCommand({
  about: { en: 'keep the API key of a hub, read from the terminal or standard input', zh: '保存平台的 API 密钥（从终端或标准输入读取）' },
  args: '<url>',
  options: { name: textOr('name', 'default', { en: 'the name of the context', zh: '上下文名称' }) },
  examples: [
    { run: 'evroam login https://hub.example.com', about: { en: 'asks for the key', zh: '会询问密钥' } },
    { run: 'evroam login http://127.0.0.1:8080 --name demo < key.txt', about: { en: 'the key from a file', zh: '从文件读取密钥' } },
  ],
  async run({ args, options, io }) {
    const url = checkUrl(args.url);
    const apiKey = await readSecret(io);
    const { contexts } = await readContexts(io.environment);
    await writeContexts(io.environment, { current: options.name, contexts: { ...contexts, [options.name]: { url, apiKey } } });
    return EXIT.done;
  },
});

export const logout = defineCommand({
  about: { en: 'forget the API key of the hub in use, or of a named one', zh: '删除当前或指定平台的 API 密钥' },
  args: '[name]',
  options: {},
  examples: [
    { run: 'evroam logout', about: { en: 'the hub in use', zh: '当前平台' } },
    { run: 'evroam logout demo', about: { en: 'another one', zh: '另一个' } },
  ],
  async run({ args, io }) {
    const known = await readContexts(io.environment);
    const name = args.name ?? known.current;
    const context = name === undefined ? undefined : known.contexts[name];
    if (name === undefined || context === undefined) throw failure('not-logged-in', {});
    await writeContexts(io.environment, { ...known, contexts: { ...known.contexts, [name]: { url: context.url } } });
    return EXIT.done;
  },
});

export const whoami = defineCommand({
  about: { en: 'which hub, and as whom', zh: '当前平台和身份' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam whoami', about: { en: 'the hub in use', zh: '当前平台' } },
    { run: 'evroam whoami -o json', about: { en: 'for a script', zh: '用于脚本' } },
  ],
  async run({ options, io }) {
    const { name, url, apiKey } = await findContext(io.environment);
    // The end of a key tells two keys apart and gives neither away.
    return showRecord(io, options, { context: name, url, key: apiKey === undefined ? 'none' : `…${apiKey.slice(-4)}` });
  },
});

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw failure('bad-value', { name: '<url>', value: text, why: 'https://host' });
  if (url.username !== '' || url.password !== '')
    throw failure('bad-value', { name: '<url>', value: url.host, why: 'no secret in an address' });
  return url.href.replace(/\/$/, '');
}

/** The first line of standard input; on a terminal it is asked for and not echoed. */
async function readSecret(io: Io): Promise<string> {
  if (io.inIsTerminal) {
    io.talk('API key:');
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = createInterface({ input: io.stdin, output: silent, terminal: true });
    try {
      const key = (await terminal.question('', { signal: io.signal })).trim();
      if (key !== '') return key;
    } finally {
      terminal.close();
    }
    throw failure('interactive-only', {});
  }
  for await (const { text } of linesOf(io.stdin, 4096)) {
    if (text !== undefined) return text;
  }
  throw failure('interactive-only', {});
}
