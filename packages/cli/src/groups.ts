import type { Command } from './command.js';
import type { Text } from './language.js';

interface Group {
  readonly about: Text;
  load(): Promise<Command>;
}

/** The first words of the command line; a group is loaded when it is asked for. */
export const GROUPS: Readonly<Record<string, Group>> = {
  demo: {
    about: { en: 'a whole roaming world on this machine: once through, or live', zh: '在本机运行完整的漫游演示：一次或持续' },
    load: async () => (await import('./commands/demo.js')).demo,
  },
  serve: {
    about: { en: 'run a hub on this machine until Ctrl-C', zh: '在本机运行平台，直到 Ctrl-C' },
    load: async () => (await import('./commands/serve.js')).serve,
  },
  proto: {
    about: { en: 'the protocols: check, decode, list', zh: '协议：检查、解析、列表' },
    load: async () => (await import('./commands/proto.js')).proto,
  },
  tariff: {
    about: { en: 'tariffs: price, check and explain', zh: '资费：计价、检查与说明' },
    load: async () => (await import('./commands/tariff.js')).tariff,
  },
  statement: {
    about: { en: 'statements: what two parties owe each other, with proof', zh: '结算单：双方应付金额及证明' },
    load: async () => (await import('./commands/statement.js')).statement,
  },
  sim: {
    about: { en: 'simulated stations, piles and partners, over the real wire', zh: '模拟充电站、充电桩和合作伙伴（真实协议）' },
    load: async () => (await import('./commands/sim.js')).sim,
  },
  explain: {
    about: { en: 'what a code means: exit, error, OCPI, OCPP, refusal', zh: '解释代码：退出码、错误、OCPI、OCPP、拒绝原因' },
    load: async () => (await import('./commands/explain.js')).explain,
  },
  context: {
    about: { en: 'the hubs that you work with', zh: '您使用的平台' },
    load: async () => (await import('./commands/context.js')).context,
  },
  login: {
    about: { en: 'keep the API key of a hub', zh: '保存平台的 API 密钥' },
    load: async () => (await import('./commands/login.js')).login,
  },
  logout: {
    about: { en: 'forget the API key of a hub', zh: '删除平台的 API 密钥' },
    load: async () => (await import('./commands/login.js')).logout,
  },
  whoami: {
    about: { en: 'which hub, and as whom', zh: '当前平台和身份' },
    load: async () => (await import('./commands/login.js')).whoami,
  },
  completion: {
    about: { en: 'completion for bash, zsh or fish', zh: 'bash、zsh 或 fish 的命令补全' },
    load: async () => (await import('./commands/completion.js')).completion,
  },
  docs: {
    about: { en: 'short texts about how things work here', zh: '简短的说明文档' },
    load: async () => (await import('./commands/docs.js')).docs,
  },
  version: {
    about: { en: 'versions of the command and of its packages', zh: '本命令及各软件包的版本' },
    load: async () => (await import('./commands/version.js')).version,
  },
};
