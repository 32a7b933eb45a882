// Holds the table "may import" of the design: who may know whom. `node scripts/import-rules.mjs [ROOT]` prints each breach as
// file:line, the rule, and what to do; exit 1 if there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readImports } from './imports.mjs';

const PROTOCOL = ['ocpp-core', 'ocpi', 'gbt-adapter'];
const isProtocol = (specifier) => PROTOCOL.some((name) => specifier === `@evroam/${name}` || specifier.startsWith(`@evroam/${name}/`));
/** Exact arithmetic on values, without a wire: pure files may count with it (docs/adr). */
const PURE_SUBPATHS = new Set(['@evroam/ocpi/pricing', '@evroam/ocpi/statement']);
const PURE_BUILTINS = new Set(['node:crypto', 'node:buffer', 'node:assert', 'node:assert/strict', 'node:util']);
/** Transports of the protocol packages: outside the module files that touch the world nobody opens a socket. */
const TRANSPORT = /^@evroam\/[^/]+\/(node|express|http|websocket|station|simulator)\b/;
const WIRES = new Set(['ws', 'undici', 'express']);

/** Which files of a protocol package may name a library; a library that is not here belongs in none. */
const PROTOCOL_LIBRARIES = {
  ajv: /./,
  ws: /^(websocket|station)\//,
  undici: /^(http\.ts|http\/|(tcec102\/)?http\.ts|(tcec102\/)?http\/|(\w+\/)?simulator\/)/,
  express: /^express\.ts$/,
};

const FOUNDATIONS = new Set(['kernel', 'model', 'edges', 'client']);
const TOP = new Set(['main', 'backup', 'compose', 'hearing', 'config', 'index']);

/** What a file of the platform is, from its place and name alone. */
export function classify(path) {
  const parts = path.replace(/\.tsx?$/, '').split('/');
  const [first, ...rest] = parts;
  if (rest.length === 0) return { kind: TOP.has(first) ? first : 'unplaced' };
  if (FOUNDATIONS.has(first)) return { kind: first };
  const name = rest.at(-1);
  const folders = rest.slice(0, -1);
  for (const part of ['store', 'routes', 'jobs', 'listen', 'service']) {
    if (name === part || folders.includes(part)) return { module: first, kind: part };
  }
  if (name === 'translate' || folders.includes('translate')) return { module: first, kind: 'translate' };
  if (folders.length > 0) return { module: first, kind: 'wire' }; // drivers, links, channels, providers
  return { module: first, kind: name === 'index' ? 'door' : 'pure' };
}

const OUTER = ['store', 'routes', 'jobs', 'listen', 'wire'];
const EVERYTHING = ['pure', 'translate', 'service', ...OUTER, 'door'];
/** For each kind of file: its own module's kinds, the foundations, and whether it may name protocol packages and libraries. */
const MAY = {
  pure: { own: ['pure'], base: ['kernel', 'model'] },
  translate: { own: ['pure', 'translate'], base: ['kernel', 'model'], protocol: 'messages' },
  // A service names the type of its store, never the store: it is handed in.
  service: { own: ['pure', 'translate', 'service'], ownTypes: ['store'], base: ['kernel', 'model'] },
  ...Object.fromEntries(
    OUTER.map((kind) => [
      kind,
      { own: EVERYTHING.filter((other) => other !== 'door'), base: ['kernel', 'model', 'edges'], protocol: 'all', libraries: true },
    ]),
  ),
  door: { own: EVERYTHING, base: ['kernel', 'model', 'edges'] },
  kernel: { base: ['kernel'] },
  model: { base: ['kernel', 'model'], pureSubpaths: true },
  edges: { base: ['kernel', 'edges'], protocol: 'all', libraries: true },
  client: { base: ['kernel', 'client'], protocol: 'messages', libraries: true },
  config: { base: ['kernel', 'config'] },
  compose: { base: ['kernel', 'model', 'edges', 'config', 'hearing'], doors: true, protocol: 'all' },
  // The part of compose that says who hears of what.
  hearing: { base: ['kernel', 'model', 'edges'], doors: true },
  main: { base: ['kernel', 'model', 'edges', 'config', 'compose'], doors: true },
  // A program of its own beside main.ts: it knows which migrations there are, and no module.
  backup: { base: ['kernel', 'edges', 'config', 'compose'] },
  index: { base: ['kernel', 'model', 'edges', 'config', 'compose', 'client', 'main', 'backup'], doors: true },
};
/** Doors of the platform behind which no hub stands. */
const LIGHT = new Set(['@evroam/platform/client', '@evroam/platform/tcec102']);
const NAMED_ONLY_BY = { sequelize: ['store', 'edges'], express: ['routes', 'edges'], bull: ['jobs', 'edges'] };

/** All breaches below `root`, each `{ file, line, rule, fix }`. */
export function findBreaches(root) {
  const packages = ['ocpp-core', 'ocpi', 'gbt-adapter', 'platform', 'cli'];
  const breaches = [];
  for (const name of packages) {
    const files = readSources(root, `packages/${name}/src`);
    for (const [path, { imports, environment }] of files) {
      const report = (line, rule, fix) => breaches.push({ file: `packages/${name}/src/${path}`, line, rule, fix });
      const test = /\.(test|drill|soak)\.ts$/.test(path);
      for (const found of imports) {
        const target = resolve(path, found.specifier);
        checkPackage(name, path, found, target, (rule, fix) => report(found.line, rule, fix));
        if (name === 'platform' && !test) checkPlatform(path, found, target, (rule, fix) => report(found.line, rule, fix));
        if (name !== 'platform' && name !== 'cli' && !test) checkProtocol(path, found, (rule, fix) => report(found.line, rule, fix));
      }
      if (!test && !/(^|\/)config\.ts$/.test(path)) {
        for (const line of environment)
          report(line, 'process.env is read only in config.ts', 'take the value as an argument, from whoever read the configuration');
      }
    }
    breaches.push(...findCircles(files, `packages/${name}/src`));
    if (PROTOCOL.includes(name)) breaches.push(...findWiresBehindDoor(files, `packages/${name}/src`));
    for (const [path, { imports }] of readSources(root, `packages/${name}/test`)) {
      for (const { specifier, line } of imports) checkTest(name, path, specifier, line, breaches);
    }
  }
  return breaches;
}

function checkPackage(name, path, { specifier, dynamic, typeOnly }, target, report) {
  if (target?.startsWith('..')) report('a relative import stays inside its package', 'import the other package by its public name');
  if (target === 'index.ts' && path !== 'main.ts')
    report(`${path} imports its own package's index.ts`, 'import the file that owns the name');
  const own = `@evroam/${name}`;
  if (specifier === own || specifier.startsWith(`${own}/`))
    report(`${path} imports its own package by name`, 'import the file that owns the name, relatively');
  else if (PROTOCOL.includes(name) && specifier.startsWith('@evroam/'))
    report('a protocol package knows no other package of evroam', 'move what they share to the package above, or write it twice');
  else if (name === 'platform' && specifier.startsWith('@evroam/cli'))
    report('the platform does not know the command line', 'turn the dependency round');
  else if (name === 'cli' && specifier.startsWith('@evroam/platform') && !LIGHT.has(specifier)) {
    if (!/^commands\/(serve|demo|doctor|backup)\.ts$/.test(path) || !(dynamic || typeOnly))
      report(
        'the command line reaches the platform through @evroam/platform/client and /tcec102',
        'only commands/serve.ts, demo.ts, doctor.ts and backup.ts load the platform itself, by import()',
      );
  }
}

function checkProtocol(path, { specifier }, report) {
  if (specifier.startsWith('.') || specifier.startsWith('@evroam/') || isBuiltin(specifier)) return;
  const library = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const where = PROTOCOL_LIBRARIES[library];
  if (!where) report(`a protocol package does not use ${library}`, 'leave it to the package above');
  else if (!where.test(path)) report(`${library} stands behind its own subpath`, 'take what you need as an argument');
}

function checkPlatform(path, { specifier, typeOnly }, target, report) {
  const from = classify(path);
  const may = MAY[from.kind];
  if (!may)
    return report(
      `${path} has no place in the design`,
      'put it into a module, kernel/, model/ or edges/, or amend the design and this table',
    );
  if (target !== undefined) return checkOwn(path, from, may, target, typeOnly, report);
  const named = NAMED_ONLY_BY[specifier.split('/')[0]];
  if (isProtocol(specifier)) {
    const ok =
      may.protocol === 'all' ||
      (may.protocol === 'messages' && !TRANSPORT.test(specifier)) ||
      (PURE_SUBPATHS.has(specifier) && ('own' in may || from.kind === 'model'));
    if (!ok)
      report(
        `${describe(from)} does not import ${specifier}`,
        'translate.ts knows messages; store, routes, jobs, listen, drivers, links and channels know wires',
      );
  } else if (named) {
    if (!named.includes(from.kind))
      report(`only ${named[0]}.ts and edges/ name ${specifier}`, `ask a port, which ${named[0]}.ts implements`);
  } else if (isBuiltin(specifier)) {
    if (!may.libraries && !may.doors && from.kind !== 'config' && !PURE_BUILTINS.has(specifier))
      report(`${describe(from)} does not touch the world (${specifier})`, 'take the value as an argument or ask a port');
  } else if (!specifier.startsWith('@evroam/') && !may.libraries) {
    report(
      `${describe(from)} uses no library (${specifier})`,
      'use it in edges/ or in the file that is there for it, and hand in what it gives',
    );
  }
}

function checkOwn(path, from, may, target, typeOnly, report) {
  const to = classify(target);
  if (to.module !== undefined && to.module === from.module) {
    // What a service needs of its own store is the store's type; the door hands it the store itself (docs/adr).
    const storeType = from.kind === 'service' && to.kind === 'store' && typeOnly;
    if (!may.own.includes(to.kind) && !storeType)
      report(`${describe(from)} does not import ${describe(to)} (${target})`, 'turn it round: the outer file calls the inner one');
  } else if (to.module !== undefined) {
    if (from.module !== undefined)
      report(
        `modules do not import each other (${from.module} -> ${to.module})`,
        'name a port in ports.ts, or hear an event; compose.ts plugs them together',
      );
    else if (!may.doors || to.kind !== 'door')
      report(
        `${path} does not import ${target}`,
        may.doors ? `import ${to.module}/index.ts` : 'only compose.ts, main.ts and tests know modules',
      );
  } else if (!may.base.includes(to.kind)) {
    report(
      to.kind === 'compose'
        ? 'compose.ts is imported by main.ts, the package door and journeys only'
        : `${describe(from)} does not import ${describe(to)} (${target})`,
      to.kind === 'config' ? 'take the setting as an argument' : 'take it as a port or an argument',
    );
  }
}

function checkTest(name, path, specifier, line, breaches) {
  const file = `packages/${name}/test/${path}`;
  if (/(^|\/)compose\.js$/.test(specifier) && !path.startsWith('journeys/'))
    breaches.push({
      file,
      line,
      rule: 'compose.ts is imported by main.ts, the package door and journeys only',
      fix: 'test the module, or write a journey',
    });
  if (specifier.startsWith('.') && posix.normalize(posix.join('test', posix.dirname(path), specifier)).startsWith('..'))
    breaches.push({ file, line, rule: 'a relative import stays inside its package', fix: 'import the other package by its public name' });
}

const describe = ({ kind, module }) =>
  ({
    pure: `a pure file of ${module}`,
    door: `the door of ${module}`,
    wire: `a driver, link or channel of ${module}`,
    unplaced: 'an unplaced file',
  })[kind] ?? (module === undefined ? `${kind}${FOUNDATIONS.has(kind) ? '/' : '.ts'}` : `${module}/${kind}.ts`);

/** Files that reach themselves when loaded: order of loading then decides what is defined. Types are erased and do not count. */
function findCircles(files, folder) {
  const done = new Set();
  const breaches = [];
  const visit = (path, trail) => {
    const seen = trail.findIndex((step) => step.path === path);
    if (seen >= 0) {
      const circle = [...trail.slice(seen).map((step) => step.path), path].join(' -> ');
      breaches.push({
        file: `${folder}/${trail.at(-1).path}`,
        line: trail.at(-1).line,
        rule: `a circle of imports: ${circle}`,
        fix: 'move what both need to a file of its own',
      });
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, dynamic, typeOnly, line } of files.get(path)?.imports ?? []) {
      const target = dynamic || typeOnly ? undefined : resolve(path, specifier);
      if (target !== undefined && files.has(target)) visit(target, [...trail, { path, line }]);
    }
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return breaches;
}

/** Whoever imports a protocol package's door pays for no transport. */
function findWiresBehindDoor(files, folder) {
  const breaches = [];
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { specifier, dynamic, typeOnly, line } of files.get(path)?.imports ?? []) {
      if (dynamic || typeOnly) continue;
      if (WIRES.has(specifier))
        breaches.push({
          file: `${folder}/${path}`,
          line,
          rule: `the package's door loads ${specifier}`,
          fix: 'keep the transport behind its own subpath',
        });
      const target = resolve(path, specifier);
      if (target !== undefined) visit(target);
    }
  };
  visit('index.ts');
  return breaches;
}

/** `./x.js` seen from `path`, as a path below the source folder; nothing for a package. */
function resolve(path, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return posix.normalize(posix.join(posix.dirname(path), specifier)).replace(/\.js$/, '.ts');
}

function readSources(root, folder) {
  const at = join(root, folder);
  const files = new Map();
  if (!existsSync(at)) return files;
  for (const entry of readdirSync(at, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const path = relative(at, join(entry.parentPath, entry.name)).split(sep).join('/');
    files.set(path, readImports(readFileSync(join(at, path), 'utf8')));
  }
  return files;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)));
  const breaches = findBreaches(root);
  for (const { file, line, rule, fix } of breaches) console.log(`${file}:${line}  ${rule}\n    ${fix}`);
  console.log(breaches.length === 0 ? 'every import is allowed' : `${breaches.length} imports break the rules`);
  process.exit(breaches.length === 0 ? 0 : 1);
}
