import { type Command, defineCommand, isBranch } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';

/** Words after words: `'proto lint'` -> `ocpp ocpi tcec`. */
export async function tree(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { GROUPS } = await import('../groups.js');
  const words = new Map<string, readonly string[]>([['', Object.keys(GROUPS)]]);
  const add = (path: string, command: Command): void => {
    if (isBranch(command)) {
      words.set(path, Object.keys(command.commands));
      for (const [name, below] of Object.entries(command.commands)) add(`${path} ${name}`, below);
    } else {
      words.set(path, [
        ...Object.keys(command.options).map((key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
        '--help',
      ]);
    }
  };
  for (const [name, { load }] of Object.entries(GROUPS)) add(name, await load());
  return words;
}

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completion = defineCommand({
  about: { en: 'completion for bash, zsh or fish', zh: 'bash、zsh 或 fish 的命令补全' },
  args: '<shell>',
  options: {},
  examples: [
    { run: 'evroam completion bash >> ~/.bashrc', about: { en: 'for good', zh: '永久启用' } },
    { run: 'evroam completion fish | source', about: { en: 'for this shell', zh: '仅当前 shell' } },
  ],
  async run({ args, io }) {
    const shell = SHELLS.find((each) => each === args.shell);
    if (!shell) throw failure('bad-value', { name: '<shell>', value: args.shell, why: SHELLS.join(', ') });
    await io.out(script(shell, await tree()));
    return EXIT.done;
  },
});

function script(shell: (typeof SHELLS)[number], words: ReadonlyMap<string, readonly string[]>): string {
  if (shell === 'fish') {
    const lines = [...words].flatMap(([path, next]) => {
      const above = path === '' ? [] : path.split(' ');
      const condition =
        above.length === 0 ? '__fish_use_subcommand' : above.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
      return next.map((word) =>
        word.startsWith('--')
          ? `complete -c evroam -n '${condition}' -l ${word.slice(2)}`
          : `complete -c evroam -f -n '${condition}' -a ${word}`,
      );
    });
    return `${lines.join('\n')}\n`;
  }
  const cases = [...words].map(([path, next]) => `    ${JSON.stringify(path)}) words="${next.join(' ')}" ;;`).join('\n');
  const body = `_evroam() {
  local path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *\\ *) path="\${path% *}" ;; *) path="" ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _evroam evroam
`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${body}` : body;
}
