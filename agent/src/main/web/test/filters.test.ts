import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from '../src/link/filters';

const matches = (filter: string, topic: string): boolean => matcher(filter)(topic.split('/'));

test('filters match as MQTT says', () => {
  for (const [filter, topic, is] of [
    ['efka/+/status', 'efka/dev1/status', true],
    ['efka/+/status', 'efka/dev1/svc/cam/status', false],
    ['efka/+/status', 'efka//status', true],
    ['efka/+/status/#', 'efka/dev1/status', true],
    ['efka/+/status/#', 'efka/dev1/status/more', true],
    ['efka/+/status/#', 'efka/dev1', false],
    ['#', 'anything/at/all', true],
    ['a/b', 'a/b/c', false],
    ['a/b/c', 'a/b', false],
    ['constructor', 'constructor', true],
  ] as const) {
    assert.equal(matches(filter, topic), is, `${filter} ${topic}`);
  }
});
