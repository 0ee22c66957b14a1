import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, machineValues, serviceValues } from '../src/fleet/metrics';

const machine = (uptime: number, received: number, more = {}) => ({
  cpu_percent: 12.2,
  memory: { available: 40, total: 100 },
  disk: { available: 'much', total: 100 },
  network: { eth0: { received, sent: 0 }, wlan0: { received, sent: 10 } },
  temperature: null,
  uptime_ms: uptime,
  ...more,
});

test('a machine’s values are what is used, and undefined where the document says nothing of use', () => {
  const values = machineValues(machine(0, 0), undefined);
  assert.equal(values['cpu'], 12.2);
  assert.equal(values['memory'], 60);
  assert.equal(values['disk'], undefined);
  assert.equal(values['temperature'], undefined);
  assert.equal(values['received'], undefined);
});

test('rates are over all interfaces and by the uptime, which nobody sets', () => {
  assert.equal(machineValues(machine(40_000, 4_000), machine(10_000, 1_000))['received'], 200);
});

test('counts that begin anew after a reboot are no rate', () => {
  assert.equal(machineValues(machine(1_000, 10), machine(90_000, 1_000))['received'], undefined);
});

test('documents of other shapes do no harm', () => {
  for (const odd of [{}, { network: [] }, { network: { eth0: 7 }, memory: 'x', uptime_ms: 'y' }]) {
    assert.equal(machineValues(odd, odd)['memory'], undefined);
    assert.equal(serviceValues(odd)['cpu'], undefined);
  }
});

test('two hours are kept, and one value a second at most', () => {
  const history = new History();
  history.take(0, {}, { cpu: 1 });
  history.take(500, {}, { cpu: 2 });
  assert.deepEqual(history.points('cpu'), [{ at: 500, value: 2 }]);
  history.take(7_300_000, {}, { cpu: 3 });
  assert.deepEqual(history.points('cpu'), [{ at: 7_300_000, value: 3 }]);
});

test('an agent that measures every five minutes is not taken for silent', () => {
  const history = new History();
  assert.equal(history.gap(), 95_000);
  for (let i = 0; i < 5; i++) history.take(i * 300_000, {}, { cpu: 1 });
  assert.equal(history.gap(), 750_000);
});
