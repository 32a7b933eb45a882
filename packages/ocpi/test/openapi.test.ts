import { defineModule, getList, type OcpiVersion, object, text } from '@evroam/ocpi';
import { openApi } from '@evroam/ocpi/openapi';
import { Ajv } from 'ajv';
import { expect } from 'chai';

type Document = {
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>;
  components: { schemas: Record<string, object> };
};

describe('an OpenAPI document', () => {
  for (const version of ['2.1.1', '2.2', '2.2.1', '2.3.0', '2.3.0-payments', '2.3.0-bookings'] as const satisfies readonly OcpiVersion[])
    it(`of ${version} describes every route once, and its references and schemas hold`, () => {
      const document = openApi(version, { server: 'https://hub.example/ocpi' }) as unknown as Document;
      const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
      const ids = operations.map(({ operationId }) => operationId);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const [path, methods] of Object.entries(document.paths))
        for (const { parameters } of Object.values(methods))
          for (const [, name] of path.matchAll(/\{(\w+)\}/g))
            expect(
              parameters.map((one) => one.name),
              path,
            ).to.include(name);
      const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
      expect(references.length).to.be.greaterThan(50);
      expect(Object.keys(document.components.schemas)).to.include.members([...new Set(references)]);
      const ajv = new Ajv({ strict: false, validateFormats: false });
      for (const [name, schema] of Object.entries(document.components.schemas)) ajv.addSchema(schema, `#/components/schemas/${name}`);
      for (const name of Object.keys(document.components.schemas))
        expect(() => ajv.getSchema(`#/components/schemas/${name}`), name).not.to.throw();
    });

  it('of a module of your own is made the same way', () => {
    const bays = defineModule({ id: 'acme-bays', sender: { list: getList('', { data: object({ id: text(36) }) }) }, receiver: {} });
    const document = openApi('2.2.1', { modules: [bays] }) as unknown as Document;
    expect(Object.keys(document.paths)).to.deep.equal(['/2.2.1/sender/acme-bays']);
  });
});
