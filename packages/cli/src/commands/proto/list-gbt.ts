import { defineCommand } from '../../command.js';
import { outputOptions, showList } from '../../output/show.js';

export const listYkc = defineCommand({
  about: { en: 'list the frames of 云快充 (YKC)', zh: '列出云快充的帧' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam proto list ykc', about: { en: 'types, names, who sends them', zh: '类型、名称、发送方' } },
    { run: 'evroam proto list ykc -o wide', about: { en: 'with the Chinese titles', zh: '含中文名称' } },
  ],
  async run({ options, io }) {
    const { hexType, V1_FRAMES } = await import('@evroam/gbt-adapter/ykc');
    const rows = [...V1_FRAMES]
      .sort((a, b) => a.type - b.type)
      .map(({ type, name, title, from, since, body }) => ({
        type: hexType(type),
        name,
        from,
        since,
        title,
        fields: Object.keys(body.shape),
      }));
    return showList(io, options, rows, [
      { path: 'type' },
      { path: 'name' },
      { path: 'from' },
      { path: 'since' },
      { path: 'title', wide: true },
      { path: 'fields', wide: true },
    ]);
  },
});

export const listGbt27930 = defineCommand({
  about: { en: 'list the messages between charger and vehicle (GB/T 27930)', zh: '列出充电机与车辆之间的报文（GB/T 27930）' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam proto list gbt27930', about: { en: 'names, parameter groups, senders', zh: '名称、参数组、发送方' } },
    { run: "evroam proto list gbt27930 --query '[].name'", about: { en: 'only the names', zh: '只要名称' } },
  ],
  async run({ options, io }) {
    const { MESSAGES } = await import('@evroam/gbt-adapter/gbt27930');
    const rows = MESSAGES.map(({ name, title, pgn, priority, from, periodMs, body }) => ({
      name,
      pgn,
      priority,
      from,
      periodMs,
      title,
      fields: Object.keys(body.shape),
    }));
    return showList(io, options, rows, [
      { path: 'name' },
      { path: 'pgn' },
      { path: 'from' },
      { path: 'periodMs', title: 'PERIOD MS' },
      { path: 'title', wide: true },
      { path: 'fields', wide: true },
    ]);
  },
});

export const listTcec = defineCommand({
  about: { en: 'list the interfaces of T/CEC 102', zh: '列出中电联（T/CEC 102）接口' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam proto list tcec', about: { en: 'names and who serves them', zh: '名称及提供方' } },
    { run: 'evroam proto list tcec -o json', about: { en: 'for a script', zh: '用于脚本' } },
  ],
  async run({ options, io }) {
    const { INTERFACES } = await import('@evroam/gbt-adapter/tcec102');
    const rows = [...INTERFACES.values()].map(({ request: _request, response: _response, ...rest }) => ({ ...rest }));
    return showList(io, options, rows, []);
  },
});
