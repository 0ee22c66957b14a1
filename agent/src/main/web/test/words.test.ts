import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvent } from '../src/fleet/events';
import { causeText, exitText, isOver, stepText } from '../src/fleet/words';
import { isName } from '../src/fleet/topics';
import { readService } from '../src/fleet/model';
import { resetObstacle, startObstacle, stopObstacle, whyText } from '../src/views/service/reasons';
import { deployArguments } from '../src/views/service/deploy';

const eventText = (json: object): string => readEvent('d', 's', json as never).text;

test('causes and exits are sentences', () => {
  assert.equal(causeText({ kind: 'exit', code: 3 }), 'exited with code 3');
  assert.equal(causeText({ kind: 'exit', code: null, signal: 'KILL' }), 'ended by KILL');
  assert.equal(causeText({ kind: 'launch_failed', message: 'no file /srv/nope' }), 'launch failed: no file /srv/nope');
  assert.equal(causeText({}), '');
  assert.equal(exitText({ code: null, signal: null }), 'nobody saw how');
  assert.equal(exitText({ signal: 'KILL', oom: true }), 'signal KILL, out of memory');
});

test('a cause or an event that this page does not know is shown as it came', () => {
  assert.equal(causeText({ kind: 'toString' }), 'toString');
  assert.equal(eventText({ v: 1, at: 'x', event: 'melted', degrees: 90, parts: { a: 1 } }), 'degrees 90, parts {"a":1}');
  assert.equal(eventText({}), '');
});

test('what happened to a service is a line', () => {
  const crash = { event: 'state', from: 'running', to: 'backoff', cause: { kind: 'exit', code: 1 }, exit: { code: 1 } };
  assert.equal(eventText(crash), 'running → backoff, exited with code 1');
  assert.equal(readEvent('d', 's', crash).level, 'bad');
  assert.equal(eventText({ ...crash, from: 'starting', to: 'running', ready: true, exit: null }), 'starting → running');
assert.equal(eventText({ event: 'desired', name: 'base', revision: 3, state: 'failed', error: { code: 'unhealthy', message: 'no' } }), 'base, failed, no');
});

test('plans are read step by step', () => {
  assert.equal(stepText({ step: 'switch', to: '1.1-349ed29c' }), 'switch: to 1.1-349ed29c');
  assert.equal(stepText({ step: 'wait', holds: [{ by: 'operator' }] }), 'wait: until nobody holds the service');
  assert.equal(stepText({ step: 'dance', with: 'me' }), 'dance: with me');
});

test('a deploy is over in its last states only', () => {
  assert.ok(isOver('committed') && isOver('') && !isOver('watching') && !isOver('some-new-state'));
});

test('commands go to names of the protocol only', () => {
  for (const name of ['cam', 'a.b-c_1', 'x'.repeat(64)]) assert.ok(isName(name), name);
  for (const name of ['', '.a', '-a', 'a/b', 'a b', '+', '#', 'x'.repeat(65), 'ü', '<b>', 'a\n']) assert.ok(!isName(name), name);
});

test('what cannot be done says why', () => {
  const of = (status: object) => readService('d', 's', status as never);
  assert.equal(startObstacle(of({ state: 'running' })), 'It is running');
  assert.notEqual(startObstacle(of({ state: 'scheduled' })), '');
  assert.equal(startObstacle(of({ state: 'backoff' })), '');
  assert.equal(stopObstacle(of({ state: 'stopped', desired: 'stopped' })), 'It is stopped');
  assert.equal(stopObstacle(of({ state: 'stopped', desired: 'running' })), '');
  assert.notEqual(resetObstacle(of({ state: 'running' })), '');
  assert.equal(resetObstacle(of({ state: 'failed' })), '');
});

test('a service says why it is as it is', () => {
  const of = (status: object) => whyText(readService('d', 's', status as never));
  assert.equal(of({ state: 'starting', waiting_for: ['db'], cause: { kind: 'dependency' } }), 'waits for db');
  assert.equal(of({ state: 'failed', faults: [{ key: 'exec', expected: 'a path' }] }), 'exec: must be a path');
  assert.equal(of({ state: 'running', cause: { kind: 'exit', code: 1 } }), '');
  assert.equal(of({ state: 'completed', last_exit: { code: 0 } }), 'last run: exit code 0');
});

test('a deploy has a release, a whole artifact or a payload, and what else was filled in', () => {
  assert.deepEqual(deployArguments({ to: '1.0-a', force: 'yes', min_healthy: '' }), { to: '1.0-a', force: true });
  assert.deepEqual(deployArguments({ source: 'release', release: '1.0-a', min_healthy: '5s' }), { release: '1.0-a', min_healthy: '5s' });
  const sha256 = 'ab'.repeat(32);
  assert.deepEqual(deployArguments({ source: 'artifact', url: 'https://a/x https://b/x', sha256, size: '12', release: '' }), {
    artifact: { url: ['https://a/x', 'https://b/x'], sha256, size: 12 },
  });
  assert.deepEqual(deployArguments({ source: 'payload', payload: '{"manifest":{}}' }), { manifest: {} });
  assert.throws(() => deployArguments({ source: 'payload', payload: '[1]' }));
});
