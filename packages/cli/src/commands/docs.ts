import { defineCommand } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import { outputOptions, showList } from '../output/show.js';
import { TOPICS } from '../topics.js';

export const docs = defineCommand({
  about: { en: 'short texts about how things work here', zh: '简短的说明文档' },
  args: '[topic]',
  options: outputOptions,
  examples: [
    { run: 'evroam docs', about: { en: 'the topics', zh: '主题列表' } },
    { run: 'evroam docs output', about: { en: 'formats, fields, paths', zh: '格式、字段、路径' } },
  ],
  async run({ args, options, io }) {
    if (args.topic === undefined) {
      const rows = Object.entries(TOPICS).map(([topic, { title }]) => ({ topic, about: title[io.language] }));
      return showList(io, options, rows, [{ path: 'topic' }, { path: 'about' }]);
    }
    const topic = TOPICS[args.topic];
    if (!topic) throw failure('not-found', { what: `topic ${args.topic}`, list: 'evroam docs' });
    await io.out(`${topic.title[io.language]}\n\n${topic.body[io.language]}\n`);
    return EXIT.done;
  },
});
