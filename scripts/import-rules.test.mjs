import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { classify, findBreaches } from './import-rules.mjs';
import { readImports } from './imports.mjs';

const M = 'packages/platform/src';

/** Each breach: the files of a small tree, where it is found, and words of the rule that names it. */
const breaches = {
  'a module that imports another': [
    { [`${M}/charging/service.ts`]: "import { price } from '../operations/index.js';" },
    1,
    /modules do not import each other/,
  ],
  'a module that imports the type of another': [
    { [`${M}/charging/order.ts`]: "import type { Price } from '../operations/price.js';" },
    1,
    /modules do not/,
  ],
  'Sequelize outside store.ts': [
    { [`${M}/charging/service.ts`]: "\nimport { Op } from 'sequelize';" },
    2,
    /only store\.ts and edges\/ name sequelize/,
  ],
  'Express outside routes.ts': [
    { [`${M}/stations/store.ts`]: "import express from 'express';" },
    1,
    /only routes\.ts and edges\/ name express/,
  ],
  'Bull outside jobs.ts': [{ [`${M}/stations/listen.ts`]: "import Queue from 'bull';" }, 1, /only jobs\.ts and edges\/ name bull/],
  'a pure file that imports a store': [
    { [`${M}/charging/order.ts`]: "import { save } from './store.js';" },
    1,
    /a pure file of charging does not import/,
  ],
  'a pure file that opens files': [
    { [`${M}/charging/order.ts`]: "import { readFileSync } from 'node:fs';" },
    1,
    /does not touch the world/,
  ],
  'a pure file with a library': [{ [`${M}/charging/order.ts`]: "import pino from 'pino';" }, 1, /uses no library/],
  'a service that knows the wire': [
    { [`${M}/charging/service.ts`]: "import { connect } from '@evroam/ocpi';" },
    1,
    /does not import @evroam\/ocpi/,
  ],
  'a service file in a folder that imports an edge': [
    { [`${M}/charging/service/start.ts`]: "import { db } from '../../edges/database.js';" },
    1,
    /does not import edges/,
  ],
  'a translation that opens a socket': [
    { [`${M}/gateway/ocpp16/translate.ts`]: "import { serve } from '@evroam/ocpp-core/websocket';" },
    1,
    /does not import/,
  ],
  'an edge that knows a module': [
    { [`${M}/edges/http.ts`]: "import { x } from '../auth/index.js';" },
    1,
    /edges\/http\.ts does not import auth/,
  ],
  'a kernel that knows an edge': [
    { [`${M}/kernel/clock.ts`]: "import { x } from '../edges/log.js';" },
    1,
    /kernel\/ does not import edges/,
  ],
  'compose.ts that reaches behind a door': [
    { [`${M}/compose.ts`]: "import { x } from './auth/store.js';" },
    1,
    /compose\.ts does not import auth\/store/,
  ],
  'a module that imports compose.ts': [
    { [`${M}/auth/index.ts`]: "import { x } from '../compose.js';" },
    1,
    /compose\.ts is imported by main\.ts/,
  ],
  'a test outside journeys that imports compose.ts': [
    { 'packages/platform/test/auth.test.ts': "import { x } from '../src/compose.js';" },
    1,
    /compose\.ts is imported by/,
  ],
  'a file without a place': [{ [`${M}/utils.ts`]: "import { x } from './kernel/ids.js';" }, 1, /no place in the design/],
  'process.env outside config.ts': [{ [`${M}/main.ts`]: 'const port = process.env.PORT;' }, 1, /process\.env is read only in config\.ts/],
  'a protocol package that knows another': [
    { 'packages/ocpi/src/hub.ts': "import { v16 } from '@evroam/ocpp-core';" },
    1,
    /knows no other package/,
  ],
  'a protocol package that knows the platform': [
    { 'packages/ocpp-core/src/endpoint.ts': "import { x } from '@evroam/platform';" },
    1,
    /knows no other package/,
  ],
  'a protocol package with Sequelize': [{ 'packages/ocpi/src/server.ts': "import { Op } from 'sequelize';" }, 1, /does not use sequelize/],
  'Express in OCPI outside express.ts': [{ 'packages/ocpi/src/server.ts': "import express from 'express';" }, 1, /behind its own subpath/],
  'a door that loads a transport': [
    {
      'packages/ocpi/src/index.ts': "export * from './http.js';",
      'packages/ocpi/src/http.ts': "import { request } from 'undici';",
    },
    1,
    /door loads undici/,
  ],
  'a file that imports its own barrel': [
    { 'packages/ocpi/src/index.ts': 'export {};', 'packages/ocpi/src/v221/cdrs.ts': "import { x } from '../index.js';" },
    1,
    /imports its own package's index\.ts/,
  ],
  'a file that imports its own package by name': [
    { 'packages/ocpi/src/hub.ts': "import { x } from '@evroam/ocpi/http';" },
    1,
    /own package by name/,
  ],
  'the command line with the platform inside': [
    { 'packages/cli/src/commands/station.ts': "import { start } from '@evroam/platform';" },
    1,
    /through @evroam\/platform\/client/,
  ],
  'serve that loads the platform before it is needed': [
    { 'packages/cli/src/commands/serve.ts': "import { start } from '@evroam/platform';" },
    1,
    /through @evroam\/platform\/client/,
  ],
  'a circle of two files': [
    { [`${M}/auth/role.ts`]: "import { y } from './scope.js';", [`${M}/auth/scope.ts`]: "import { x } from './role.js';" },
    1,
    /a circle of imports: auth\/role\.ts -> auth\/scope\.ts -> auth\/role\.ts/,
  ],
  'a path that leaves the package': [
    { 'packages/cli/src/main.ts': "import { x } from '../../ocpi/src/hub.js';" },
    1,
    /stays inside its package/,
  ],
};

/** What the design allows, in the shapes that people write. */
const allowed = {
  [`${M}/kernel/ids.ts`]: "import { randomUUID } from 'node:crypto';",
  [`${M}/model/cdr.ts`]: "import type { Id } from '../kernel/ids.js';",
  [`${M}/edges/database.ts`]: "import { Sequelize } from 'sequelize';\nimport type { Id } from '../kernel/ids.js';",
  [`${M}/config.ts`]: "import { readFileSync } from 'node:fs';\nexport const port = process.env.PORT;",
  [`${M}/settlement/rating.ts`]: "import { price } from '@evroam/ocpi/pricing';\nimport { digest } from '@evroam/ocpi/statement';",
  [`${M}/settlement/ports.ts`]: "import type { Cdr } from '../model/cdr.js';",
  [`${M}/settlement/translate.ts`]: "import { Cdr } from '@evroam/ocpi/v221';",
  [`${M}/settlement/service.ts`]:
    "import { rate } from './rating.js';\nimport { toCdr } from './translate.js';\nimport type { P } from './ports.js';\nimport type { Store } from './store.js';",
  [`${M}/settlement/store.ts`]: "import { Op } from 'sequelize';\nimport { db } from '../edges/database.js';",
  [`${M}/settlement/routes.ts`]: "import express from 'express';\nimport { service } from './service.js';",
  [`${M}/settlement/jobs.ts`]: "import Queue from 'bull';",
  [`${M}/settlement/index.ts`]:
    "import { store } from './store.js';\nimport { service } from './service.js';\nimport type { Db } from '../edges/database.js';",
  [`${M}/roaming/ocpi/link.ts`]: "import { openPool } from '@evroam/ocpi/http';",
  [`${M}/compose.ts`]:
    "import { createSettlement } from './settlement/index.js';\nimport { db } from './edges/database.js';\nimport { port } from './config.js';",
  [`${M}/main.ts`]: "import { compose } from './compose.js';",
  [`${M}/index.ts`]: "export { compose } from './compose.js';",
  [`${M}/settlement/service.test.ts`]: "import { db } from '../edges/database.js';",
  'packages/platform/test/journeys/month.test.ts': "import { compose } from '../../src/compose.js';",
  'packages/ocpi/src/index.ts': "export * from './server.js';",
  'packages/ocpi/src/server.ts': "import { Ajv } from 'ajv';",
  'packages/ocpi/src/express.ts': "import express from 'express';\nimport { x } from './server.js';",
  'packages/cli/src/commands/serve.ts': "import type { Hub } from '@evroam/platform';\nconst { start } = await import('@evroam/platform');",
  'packages/cli/src/client.ts': "import { c } from '@evroam/platform/client';\nimport { v221 } from '@evroam/ocpi';",
};

describe('the import rules', () => {
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'evroam-imports-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const plant = (files) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return findBreaches(root);
  };

  for (const [title, [files, line, rule]] of Object.entries(breaches)) {
    it(`refuse ${title}`, () => {
      const found = plant(files);
      expect(found.map((breach) => breach.rule).join('\n')).to.match(rule);
      const breach = found.find((each) => rule.test(each.rule));
      expect(breach.line).to.equal(line);
      expect(Object.keys(files)).to.include(breach.file);
      expect(breach.fix).to.have.length.above(10);
    });
  }

  it('allow what the design allows', () => {
    expect(plant(allowed)).to.deep.equal([]);
  });

  it('hold in this repository', () => {
    const found = findBreaches(fileURLToPath(new URL('..', import.meta.url)));
    expect(found.map(({ file, line, rule }) => `${file}:${line} ${rule}`)).to.deep.equal([]);
  });

  it('know a file from its name', () => {
    expect(classify('gateway/ocpp16/driver.ts')).to.deep.equal({ module: 'gateway', kind: 'wire' });
    expect(classify('charging/service/start.ts')).to.deep.equal({ module: 'charging', kind: 'service' });
    expect(classify('charging/order.ts')).to.deep.equal({ module: 'charging', kind: 'pure' });
    expect(classify('edges/embedded/supervisor.ts')).to.deep.equal({ kind: 'edges' });
  });
});

describe('reading imports', () => {
  it('finds each form, with its line', () => {
    const source = [
      "import a from 'a';",
      "import * as b from 'b';",
      'import {',
      '  c,',
      "} from 'c';",
      "import 'd';",
      "export * from 'e';",
      "export { f } from 'f';",
      "const g = await import('g');",
      "import type { H } from 'h';",
      "import { type I, type J } from 'i';",
      "import k, { type K } from 'k';",
      "import type L from 'l';",
    ].join('\n');
    expect(readImports(source).imports.map(({ specifier, line, typeOnly, dynamic }) => [specifier, line, typeOnly, dynamic])).to.deep.equal(
      [
        ['a', 1, false, false],
        ['b', 2, false, false],
        ['c', 3, false, false],
        ['d', 6, false, false],
        ['e', 7, false, false],
        ['f', 8, false, false],
        ['g', 9, false, true],
        ['h', 10, true, false],
        ['i', 11, true, false],
        ['k', 12, false, false],
        ['l', 13, true, false],
      ],
    );
  });

  it('is not fooled by comments, strings, templates and regular expressions', () => {
    const source = [
      "// import a from 'a';",
      "/* import b from 'b';",
      '*/',
      'const text = "import c from \'c\'";',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source text under test
      "const template = `import d from 'd' ${{ x: `nested ${1}` }.x} import e from 'e'`;",
      'const pattern = /[/"\'`]import/.test(text) ? 4 / 2 : 1 / 2;',
      'export const from = 1;',
      'export { text, from };',
      'object.import("f"); import.meta.url;',
      "import g from 'g';",
      'process.env.HOME; "process.env";',
    ].join('\n');
    const { imports, environment } = readImports(source);
    expect(imports).to.deep.equal([{ specifier: 'g', line: 10, typeOnly: false, dynamic: false }]);
    expect(environment).to.deep.equal([11]);
  });
});
