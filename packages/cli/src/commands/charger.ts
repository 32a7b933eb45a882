import type { Branch, Leaf } from '../command.js';
import { defineCommand, flag, integer, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { readJson } from '../lines.js';
import { isRecord } from '../output/path.js';
import { safe, safeJson } from '../output/safe.js';
import { outputOptions, showRecord } from '../output/show.js';
import { askOf, columns, getOf, hubOptions, listOf, withHub } from './admin.js';

const waiting = integer('seconds', { or: 20, min: 0, max: 30 }, { en: 'how long to wait for the station', zh: '等待充电站应答的秒数' });

interface CommandOf {
  readonly kind: string;
  readonly about: { readonly en: string; readonly zh: string };
  readonly args: string;
  readonly example: string;
  /** The body of the command from the words of the line. */
  readonly body: (args: Readonly<Record<string, string | undefined>>) => object;
}

/** A command to a station: asked, sent, answered, or in doubt; an answer that did not come in time is not a failure. */
function commandOf({ kind, about, args, example, body }: CommandOf): Leaf {
  return defineCommand({
    about,
    args,
    options: { wait: waiting, ...hubOptions, ...outputOptions },
    examples: [
      { run: `evroam charger ${example}`, about },
      { run: `evroam charger ${example} --wait 0 -o json`, about: { en: 'ask and do not wait', zh: '发出请求而不等待' } },
    ],
    run: ({ args: given, options, io }) =>
      withHub(io, options, async (admin) => {
        const words = Object.fromEntries(
          Object.entries(given ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
        );
        const path = `/admin/v1/stations/${encodeURIComponent(words.id ?? '')}/commands/${kind}`;
        const answer = await admin.ask('POST', path, { query: { wait: String(options.wait) }, body: body(words) });
        await showRecord(io, options, isRecord(answer) ? answer : { answer });
        return EXIT.done;
      }),
  });
}

const ask = defineCommand({
  about: { en: 'any command of the hub, with its body from a file', zh: '发送任意命令，内容取自文件' },
  args: '<id> <kind> [file]',
  options: { wait: waiting, ...hubOptions, ...outputOptions },
  examples: [
    { run: 'evroam charger ask CS-1 setProfile profile.json', about: { en: 'a charging profile', zh: '充电曲线' } },
    {
      run: 'evroam charger ask CS-1 raw message.json',
      about: { en: '{"action","payload"} as it stands', zh: '原样发送 {"action","payload"}' },
    },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const path = `/admin/v1/stations/${encodeURIComponent(args.id)}/commands/${encodeURIComponent(args.kind)}`;
      const answer = await admin.ask('POST', path, { query: { wait: String(options.wait) }, body: await readJson(io, args.file) });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const act = (what: string, path: (id: string) => string, about: { en: string; zh: string }): Leaf =>
  defineCommand({
    about,
    args: '<id>',
    options: { yes: flag({ en: 'do it without being asked', zh: '不再确认' }), ...hubOptions },
    examples: [
      { run: `evroam charger ${what} CS-1 --yes`, about },
      { run: `evroam charger ${what} CS-2 --yes --context production`, about: { en: 'at another hub', zh: '在另一个平台' } },
    ],
    run: ({ args, options, io }) => {
      if (!options.yes) throw failure('missing-option', { name: '--yes' });
      return withHub(io, options, async (admin) => {
        await admin.ask('POST', path(encodeURIComponent(args.id)));
        return EXIT.done;
      });
    },
  });

const log = defineCommand({
  about: { en: 'let a station send its log to an address', zh: '让充电站上传日志' },
  args: '<id> <url>',
  options: {
    security: flag({ en: 'the security log', zh: '安全日志' }),
    from: text('time', { en: 'from a moment, ISO 8601', zh: '起始时间（ISO 8601）' }),
    wait: waiting,
    ...hubOptions,
    ...outputOptions,
  },
  examples: [
    { run: 'evroam charger log CS-1 https://logs.example.com/cs-1', about: { en: 'all that it has', zh: '全部日志' } },
    { run: 'evroam charger log CS-1 https://logs.example.com/cs-1 --security', about: { en: 'the security log', zh: '安全日志' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const body = {
        url: args.url,
        ...(options.security ? { security: true } : {}),
        ...(options.from === undefined ? {} : { from: options.from }),
      };
      const answer = await admin.ask('POST', `/admin/v1/stations/${encodeURIComponent(args.id)}/commands/log`, {
        query: { wait: String(options.wait) },
        body,
      });
      return showRecord(io, options, isRecord(answer) ? answer : { answer });
    }),
});

const tail = defineCommand({
  about: { en: 'show the frames of a station as they come and go', zh: '实时显示充电站的报文' },
  args: '<id>',
  options: { file: flag({ en: 'as the lines of a capture file', zh: '输出为记录文件' }), ...hubOptions },
  examples: [
    { run: 'evroam charger tail CS-1', about: { en: 'decoded, until Ctrl-C', zh: '解析后显示，按 Ctrl-C 结束' } },
    { run: 'evroam charger tail CS-1 --file > cs-1.capture', about: { en: 'into a capture file', zh: '存为记录文件' } },
  ],
  run: ({ args, options, io }) =>
    withHub(io, options, async (admin) => {
      const [{ describing }, { HEADER, toFrame }, { toLine }] = await Promise.all([
        import('./capture.js'),
        import('../capture/file.js'),
        import('../capture/describe.js'),
      ]);
      const describe = await describing();
      if (options.file) await io.out(`${HEADER}\n`);
      for await (const { event, data } of admin.events(`/admin/v1/stations/${encodeURIComponent(args.id)}/frames`)) {
        const frame = toFrame(data);
        if (event === 'behind')
          throw failure('remote-refused', { url: admin.url, status: 200, why: 'the terminal is slower than the station' });
        if (frame) await io.out(options.file ? `${safeJson(frame)}\n` : `${safe(toLine(describe(frame)))}\n`);
      }
      return io.signal.aborted ? EXIT.interrupted : EXIT.done;
    }),
});

const numbered = (text: string | undefined) => (text === undefined ? {} : { connectorNumber: Number(text) });

const quirk: Branch = {
  about: { en: 'known deviations of devices, by vendor, model and firmware', zh: '已知的设备偏差（按厂商、型号、固件）' },
  commands: {
    list: listOf({
      about: { en: 'list them', zh: '列出' },
      path: '/admin/v1/quirks',
      whole: true,
      columns: columns('name', 'vendor', 'model', 'firmware', 'rules~'),
      examples: [
        { run: 'evroam charger quirk list', about: { en: 'all of them', zh: '全部' } },
        { run: 'evroam charger quirk list -o json', about: { en: 'with their rules', zh: '包括规则' } },
      ],
    }),
    put: askOf({
      about: { en: 'write one down; it holds from the next connection', zh: '新增或修改；下次连接起生效' },
      args: '<name>',
      method: 'PUT',
      path: ({ name }) => `/admin/v1/quirks/${name}`,
      takesBody: true,
      examples: [
        {
          run: 'evroam charger quirk put acme-times times.json',
          about: {
            en: '{"vendor","model","firmware","rules":[{"name","remedy","path"}]}',
            zh: '{"vendor","model","firmware","rules":[…]}，规则见文档',
          },
        },
        { run: 'evroam charger quirk put acme-times < times.json', about: { en: 'from standard input', zh: '来自标准输入' } },
      ],
    }),
    remove: askOf({
      about: { en: 'take one away', zh: '删除' },
      args: '<name>',
      method: 'DELETE',
      path: ({ name }) => `/admin/v1/quirks/${name}`,
      wantsYes: true,
      examples: [
        { run: 'evroam charger quirk remove acme-times --yes', about: { en: 'its firmware is mended', zh: '固件已修复' } },
        { run: 'evroam charger quirk remove acme-times --yes --context production', about: { en: 'at another hub', zh: '在另一个平台' } },
      ],
    }),
  },
};

export const charger: Branch = {
  about: { en: 'commands to charging stations, and what is known of them', zh: '充电站命令与状态' },
  commands: {
    sockets: listOf({
      about: { en: 'list who is connected', zh: '列出当前连接' },
      path: '/admin/v1/connections',
      whole: true,
      columns: [],
      examples: [
        { run: 'evroam charger sockets', about: { en: 'all connections of this node', zh: '本节点的全部连接' } },
        { run: 'evroam charger sockets -o json', about: { en: 'for a script', zh: '用于脚本' } },
      ],
    }),
    commands: getOf({
      about: { en: 'show what was asked of a station, and what became of it', zh: '显示发给充电站的命令及结果' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/stations/${id}/commands`,
      examples: [
        { run: 'evroam charger commands CS-1', about: { en: 'the newest first', zh: '最新的在前' } },
        { run: "evroam charger commands CS-1 -o json --query 'items[].state'", about: { en: 'only the states', zh: '只看状态' } },
      ],
    }),
    inventory: getOf({
      about: { en: 'show what a station reported of itself', zh: '显示充电站上报的清单' },
      args: '<id>',
      path: ({ id }) => `/admin/v1/stations/${id}/inventory`,
      examples: [
        { run: 'evroam charger inventory CS-1', about: { en: 'as last reported', zh: '最近一次上报' } },
        { run: 'evroam charger inventory CS-1 -o yaml', about: { en: 'readable', zh: '便于阅读' } },
      ],
    }),
    security: listOf({
      about: { en: 'list security events', zh: '列出安全事件' },
      path: '/admin/v1/security-events',
      whole: true,
      columns: columns('at', 'station', 'type', 'techInfo~'),
      filters: { station: { en: 'of one station', zh: '某一充电站' } },
      examples: [
        { run: 'evroam charger security', about: { en: 'of all stations', zh: '全部充电站' } },
        { run: 'evroam charger security --station CS-1 -o json', about: { en: 'of one', zh: '某一台' } },
      ],
    }),
    reset: commandOf({
      kind: 'reset',
      about: { en: 'restart a station when it is idle, or at once with "hard"', zh: '重启充电站：空闲时，或 hard 立即' },
      args: '<id> [how]',
      example: 'reset CS-1',
      body: ({ how }) => ({ hard: how === 'hard' }),
    }),
    unlock: commandOf({
      kind: 'unlock',
      about: { en: 'let a cable go', zh: '解锁连接器' },
      args: '<id> <connector>',
      example: 'unlock CS-1 1',
      body: ({ connector }) => numbered(connector),
    }),
    trigger: commandOf({
      kind: 'trigger',
      about: { en: 'let a station send a message now', zh: '触发充电站发送报文' },
      args: '<id> <message> [connector]',
      example: 'trigger CS-1 StatusNotification',
      body: ({ message, connector }) => ({ message, ...numbered(connector) }),
    }),
    availability: commandOf({
      kind: 'availability',
      about: { en: 'take a station or connector in or out of service: on, off', zh: '启用或停用：on、off' },
      args: '<id> <state> [connector]',
      example: 'availability CS-1 off',
      body: ({ state, connector }) => ({ operative: state === 'on', ...numbered(connector) }),
    }),
    get: commandOf({
      kind: 'getVariables',
      about: { en: 'read a setting of a station, or all of them', zh: '读取充电站设置' },
      args: '<id> [name]',
      example: 'get CS-1 HeartbeatInterval',
      body: ({ name }) => (name === undefined ? {} : { variables: [{ name }] }),
    }),
    set: commandOf({
      kind: 'setVariable',
      about: { en: 'change a setting of a station', zh: '修改充电站设置' },
      args: '<id> <name> <value>',
      example: 'set CS-1 HeartbeatInterval 300',
      body: ({ name, value }) => ({ name, value }),
    }),
    log,
    tail,
    quirk,
    ask,
    'rotate-password': act('rotate-password', (id) => `/admin/v1/stations/${id}/password`, {
      en: 'give a station a new password, over its own connection',
      zh: '更换充电站密码',
    }),
    disconnect: act('disconnect', (id) => `/admin/v1/stations/${id}/disconnect`, {
      en: 'close the connection of a station; it comes back',
      zh: '断开充电站连接（会重连）',
    }),
  },
};
