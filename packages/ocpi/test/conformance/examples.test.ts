import { isVersion, type OcpiVersion, validate } from '@evroam/ocpi';
import { expect } from 'chai';
import { type Entry, folder, manifest, read } from './data.js';

const payloadOf = ({ file, wrapped_in }: Entry): unknown => {
  const value: unknown = JSON.parse(read(file));
  // `true` marks an example that prints the fragment under the name of its field.
  return wrapped_in === true ? Object.values(value as object)[0] : value;
};
const version = (entry: Entry): OcpiVersion => {
  if (!isVersion(entry.version)) throw new Error(`a version that is not known: ${entry.version}`);
  return entry.version;
};
// Times of this example do not exist (they end in :99); the manifest does not look at the clock.
const noSuchTime: Readonly<Record<string, readonly string[]>> = {
  '2.3.0-bookings/booking_location_example.json': [
    '/calendars/0/available_timeslots/0/end_date_time',
    '/calendars/0/end_before',
    '/calendars/1/available_timeslots/0/end_date_time',
    '/calendars/1/end_before',
  ],
};
const pathOf = (deviation: string): string => deviation.slice(0, deviation.indexOf(':'));

describe('the published examples', () => {
  const entries = folder ? manifest() : [];

  it('are 263', function () {
    if (!folder) this.skip();
    expect(entries).to.have.length(263);
  });

  if (!folder)
    it('give the verdicts of the manifest', function () {
      this.skip();
    });

  for (const entry of entries)
    it(`${entry.file}: ${entry.conforms_to_tables ? 'conforms' : 'deviates as listed'}`, () => {
      if (!entry.valid_json) {
        expect(() => payloadOf(entry)).to.throw(SyntaxError);
        return;
      }
      const verdict = validate(version(entry), entry.object, entry.kind, payloadOf(entry), { unknown: 'refuse' });
      expect(verdict.ok, JSON.stringify(verdict)).to.equal(entry.conforms_to_tables);
      const paths = verdict.ok ? [] : [...new Set(verdict.violations.map(({ path }) => path))].sort();
      expect(paths).to.deep.equal([...new Set([...(entry.deviations ?? []).map(pathOf), ...(noSuchTime[entry.file] ?? [])])].sort());
    });

  it('change in four verdicts when unknown fields are accepted, and the fields are kept', function () {
    if (!folder) this.skip();
    const changed = entries.filter((entry) => {
      if (!entry.valid_json) return false;
      const payload = payloadOf(entry);
      const verdict = validate(version(entry), entry.object, entry.kind, payload);
      if (verdict.ok) expect(verdict.value).to.equal(payload);
      return verdict.ok !== entry.conforms_to_tables;
    });
    expect(changed.map(({ file }) => file)).to.deep.equal([
      '2.3.0-bookings/booking_location_patch_example_calendar.json',
      '2.3.0-bookings/booking_patch_example_evse_uid.json',
      '2.3.0-bookings/booking_request_patch_example_timeslot.json',
      '2.3.0-bookings/booking_request_patch_example_tokens.json',
    ]);
  });
});
