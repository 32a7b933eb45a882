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
  backup: {
    about: { en: 'copy the whole database into a folder, beside a hub at work', zh: '将整个数据库备份到目录（平台可继续运行）' },
    load: async () => (await import('./commands/backup.js')).backup,
  },
  restore: {
    about: { en: 'bring a backup into an empty database', zh: '将备份恢复到空数据库' },
    load: async () => (await import('./commands/backup.js')).restore,
  },
  doctor: {
    about: { en: 'look whether all is well: the hub in use, or this machine', zh: '健康检查：当前平台或本机' },
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  station: {
    about: { en: 'charging stations of our own', zh: '自有充电站' },
    load: async () => (await import('./commands/station.js')).station,
  },
  charger: {
    about: { en: 'commands to charging stations, and what is known of them', zh: '充电站命令与状态' },
    load: async () => (await import('./commands/charger.js')).charger,
  },
  capture: {
    about: { en: 'frames of stations: keep, read, redact', zh: '报文记录：采集、查看、脱敏' },
    load: async () => (await import('./commands/capture.js')).capture,
  },
  replay: {
    about: { en: 'let the stations of a capture file say it all again, to another hub', zh: '将记录文件重放到另一个平台' },
    load: async () => (await import('./commands/replay.js')).replay,
  },
  evse: {
    about: { en: 'EVSEs: how they stand, and where a free one is', zh: 'EVSE：状态与查找' },
    load: async () => (await import('./commands/station.js')).evse,
  },
  reservation: {
    about: { en: 'reservations at our stations', zh: '自有充电站的预约' },
    load: async () => (await import('./commands/reservation.js')).reservation,
  },
  lock: {
    about: { en: 'ground locks and barriers at our bays', zh: '地锁与道闸' },
    load: async () => (await import('./commands/lock.js')).lock,
  },
  location: {
    about: { en: 'locations, own and partners', zh: '站点（自有与伙伴）' },
    load: async () => (await import('./commands/station.js')).location,
  },
  session: {
    about: { en: 'charging sessions', zh: '充电会话' },
    load: async () => (await import('./commands/session.js')).session,
  },
  partner: {
    about: { en: 'partners and their connections', zh: '合作伙伴及其连接' },
    load: async () => (await import('./commands/partner.js')).partner,
  },
  trace: {
    about: { en: 'follow a message between partners and hub', zh: '追踪伙伴与平台之间的消息' },
    load: async () => (await import('./commands/trace.js')).trace,
  },
  agreement: {
    about: { en: 'agreements between parties', zh: '各方之间的协议' },
    load: async () => (await import('./commands/partner.js')).agreement,
  },
  cdr: {
    about: { en: 'charge detail records and their clearing', zh: '充电明细及其清分' },
    load: async () => (await import('./commands/cdr.js')).cdr,
  },
  settle: {
    about: { en: 'settlement periods', zh: '结算账期' },
    load: async () => (await import('./commands/settle.js')).settle,
  },
  ledger: {
    about: { en: 'the double-entry ledger', zh: '复式账本' },
    load: async () => (await import('./commands/settle.js')).ledger,
  },
  token: {
    about: { en: "drivers' cards and app tokens", zh: '司机的卡和应用令牌' },
    load: async () => (await import('./commands/token.js')).token,
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
