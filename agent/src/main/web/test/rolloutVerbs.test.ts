import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExact, stringifyExact } from '../src/fleet/exactJson';
import { apply, end } from '../src/fleet/rolloutVerbs';

const NOW = new Date('2026-11-27T10:00:00.000Z');
const ANA = { by: 'ana@page', id: 'c1' };

const document = (state: string): string =>
  `{"v":1,"revision":12,"services":{"camera":{"release":"1.4","config":{"serial":9007199254740993,"gain":1.50}},"other":{"release":"7"}},` +
  `"candidate":{"share":43.30000000000000001,"salt":"s","services":{"camera":{"release":"1.5"}},` +
  `"plan":{"v":1,"rollout":"camera","state":"${state}","steps":[1,50,100],"step":2,"reached":50,"previous":{"camera":{"release":"1.4"}},` +
  `"controller":{"by":"ben@gate","id":"b","epoch":3},"later":{"key":1e2}}},"splay":"10m","window":{"from":"02:00","to":"04:00"},"on_failure":"rollback"}`;

const changed = (verb: Parameters<typeof apply>[0], state: string) => JSON.parse(apply(verb, document(state), ANA, 'why', NOW));

test('numbers stay as they are written', () => {
  const text = '{"a":9007199254740993,"b":[1.50,-0,1E+2,{"c":0.1}],"d":"12","e":"a \\"7\\" 8","f":true,"g":null}';
  assert.equal(stringifyExact(parseExact(text)), text);
  const paused = apply('pause', document('running'), ANA, 'why', NOW);
  for (const number of ['9007199254740993', '1.50', '43.30000000000000001', '1e2']) assert.ok(paused.includes(number), number);
});

test('a text cannot become a number', () => {
  assert.throws(() => parseExact('{"a":"\uE0007"}'), SyntaxError);
  assert.throws(() => parseExact('[1]'), SyntaxError);
});

test('pause changes only the plan', () => {
  const after = changed('pause', 'running');
  assert.equal(after.revision, 12);
  assert.deepEqual(after.candidate.services, { camera: { release: '1.5' } });
  const { state, stopped_by, reason, controller, updated_at } = after.candidate.plan;
  assert.deepEqual([state, stopped_by, reason, updated_at], ['paused', 'ana@page', 'why', '2026-11-27T10:00:00.000Z']);
  assert.deepEqual(controller, { by: 'ana@page', id: 'c1', epoch: 4 });
});

test('promote makes the candidate the services, in the next revision', () => {
  const after = changed('promote', 'paused');
  assert.equal(after.revision, 13);
  assert.deepEqual(after.services, { camera: { release: '1.5' }, other: { release: '7' } });
  const { share, services, plan } = after.candidate;
  assert.deepEqual([share, services, plan.state, plan.step, plan.reached], [0, {}, 'succeeded', 3, 100]);
  assert.deepEqual(plan.later, { key: 100 });
  assert.equal(after.splay, '10m');
});

test('abort and undo go back at once, without what would delay it', () => {
  for (const [verb, from, to] of [
    ['abort', 'running', 'aborting'],
    ['abort', 'paused', 'aborting'],
    ['undo', 'succeeded', 'undoing'],
  ] as const) {
    const after = changed(verb, from);
    assert.equal(after.revision, 13);
    assert.deepEqual(after.services.camera, { release: '1.4' });
    assert.equal(after.candidate.plan.state, to);
    assert.equal(after.splay, undefined);
    assert.equal(after.window, undefined);
    assert.equal(after.on_failure, 'rollback');
  }
});

test('a verb that does not fit the state is refused', () => {
  assert.throws(() => apply('pause', document('succeeded'), ANA, '', NOW), /succeeded by now; pause needs running/);
  assert.throws(() => apply('undo', document('running'), ANA, '', NOW));
  assert.throws(() => apply('abort', '{"signed":"x","sig":"y"}', ANA, '', NOW), /signed/);
  assert.throws(() => apply('abort', '{"revision":1}', ANA, '', NOW), /not there/);
});

test('the end of the way back names who could not go back', () => {
  const after = JSON.parse(end(document('aborting'), ANA, new Map([['cam7', 'unhealthy']]), NOW));
  assert.equal(after.revision, 12);
  assert.equal(after.candidate.plan.state, 'aborted');
  assert.deepEqual(after.candidate.plan.stuck, { cam7: 'unhealthy' });
  assert.throws(() => end(document('running'), ANA, new Map(), NOW));
});
