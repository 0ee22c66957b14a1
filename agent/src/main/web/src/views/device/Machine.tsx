import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { object } from '../../fleet/json';
import { machineValues } from '../../fleet/metrics';
import type { Device } from '../../fleet/model';
import type { Commands } from '../../ui/commands';
import { useApp } from '../../ui/app';
import { bytes } from '../../common/format';
import { Charts, useHistory, type Drawn } from '../../ui/Metrics';
import { Panel } from '../../ui/Panel';
import { decimal, percent } from '../../ui/numbers';

const DRAWN: readonly Drawn[] = [
  { title: 'CPU', keys: [['cpu', '']], format: percent, top: 100 },
  { title: 'Memory', keys: [['memory', '']], format: bytes, topKey: 'memoryTotal', base: 1024 },
  { title: 'Disk', keys: [['disk', '']], format: bytes, topKey: 'diskTotal', base: 1024 },
  { title: 'Load', keys: [['load', '']], format: decimal },
  { title: 'Temperature', keys: [['temperature', '']], format: (value) => `${decimal(value)} °C` },
  {
    title: 'Network',
    keys: [
      ['received', 'received'],
      ['sent', 'sent'],
    ],
    format: (value) => `${bytes(value)}/s`,
    base: 1024,
  },
];

/** The machine's load over time. */
export function Machine({ device, commands }: { readonly device: Device; readonly commands: Commands }): JSX.Element {
  const { topics } = useApp();
  const history = useHistory(topics.of(device.id, 'metrics'), machineValues);
  const { ask } = commands;
  useEffect(() => {
    // So that something is there at once: the topic has a value every 30 s.
    ask('metrics').then(
      (reply) => {
        const metrics = object(reply, 'metrics');
        history.take(Date.now(), metrics, machineValues(metrics, history.last));
      },
      () => undefined, // the topic brings values all the same
    );
  }, [history, ask]);
  return (
    <Panel title="Machine">
      <Charts history={history} drawn={DRAWN} />
    </Panel>
  );
}
