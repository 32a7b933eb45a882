import type { Branch } from '../command.js';
import { defineCommand } from '../command.js';
import { findContext, readContexts, writeContexts } from '../contexts.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { outputOptions, showList, showRecord } from '../output/show.js';

const list = defineCommand({
  about: { en: 'list the hubs that are known', zh: '列出已知的平台' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam context list', about: { en: 'all of them; the current one is marked', zh: '全部；当前的有标记' } },
    { run: "evroam context list -o json --query '[].url'", about: { en: 'only the addresses', zh: '只看地址' } },
  ],
  async run({ options, io }) {
    const { current, contexts } = await readContexts(io.environment);
    const rows = Object.entries(contexts).map(([name, { url, apiKey }]) => ({
      name,
      url,
      key: apiKey === undefined ? 'none' : 'kept',
      current: name === current,
    }));
    return showList(io, options, rows, [{ path: 'name' }, { path: 'url' }, { path: 'key' }, { path: 'current' }]);
  },
});

const show = defineCommand({
  about: { en: 'show one, or the one in use', zh: '显示一个，默认当前的' },
  args: '[name]',
  options: outputOptions,
  examples: [
    { run: 'evroam context show', about: { en: 'the one in use', zh: '当前的' } },
    { run: 'evroam context show demo -o yaml', about: { en: 'another one', zh: '另一个' } },
  ],
  async run({ args, options, io }) {
    const { name, url, apiKey } = await findContext(io.environment, args.name);
    return showRecord(io, options, { name, url, key: apiKey === undefined ? 'none' : 'kept' });
  },
});

const use = defineCommand({
  about: { en: 'work with this hub from now on', zh: '以后使用该平台' },
  args: '<name>',
  options: {},
  examples: [
    { run: 'evroam context use demo', about: { en: 'the demo world', zh: '演示环境' } },
    { run: 'evroam context use production', about: { en: 'the real one', zh: '生产环境' } },
  ],
  async run({ args, io }) {
    const known = await readContexts(io.environment);
    if (!known.contexts[args.name]) throw failure('not-found', { what: `context ${args.name}`, list: 'evroam context list' });
    await writeContexts(io.environment, { ...known, current: args.name });
    return EXIT.done;
  },
});

const remove = defineCommand({
  about: { en: 'forget a hub and its key', zh: '删除一个平台及其密钥' },
  args: '<name>',
  options: {},
  examples: [
    { run: 'evroam context remove demo', about: { en: 'after the demo', zh: '演示之后' } },
    { run: 'evroam context remove production', about: { en: 'from this machine only', zh: '仅从本机删除' } },
  ],
  async run({ args, io }) {
    const { current, contexts } = await readContexts(io.environment);
    if (!contexts[args.name]) throw failure('not-found', { what: `context ${args.name}`, list: 'evroam context list' });
    const rest = Object.fromEntries(Object.entries(contexts).filter(([name]) => name !== args.name));
    await writeContexts(io.environment, { current: current === args.name ? undefined : current, contexts: rest });
    return EXIT.done;
  },
});

export const context: Branch = {
  about: { en: 'the hubs that you work with', zh: '您使用的平台' },
  commands: { list, show, use, remove },
};
