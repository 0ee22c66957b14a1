import type { JSX } from 'preact';
import { Form, type Answers } from '../ui/FormDialog';
import type { Access } from './access';

interface Props {
  readonly access: Access;
  /** Why the last try failed. */
  readonly problem: string | undefined;
  readonly onConnect: (access: Access) => void;
  readonly onCancel: (() => void) | undefined;
}

/** A page that came by TLS reaches brokers by TLS only. */
const isSecure = location.protocol === 'https:';

/** Asks for the broker's address and credentials. */
export function ConnectForm({ access, problem, onConnect, onCancel }: Props): JSX.Element {
  return (
    <main class="connect panel">
      <h1>Efka</h1>
      <p>A fleet, straight from its MQTT broker.</p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Form
        fields={() => [
          {
            name: 'url',
            label: 'Broker (MQTT over WebSocket)',
            value: access.url || guess(),
            pattern: isSecure ? 'wss://.+' : 'wss?://.+',
            help: `As in ${isSecure ? '' : 'ws://broker.example:9001/mqtt or '}wss://broker.example:8084/mqtt`,
            required: true,
          },
          { name: 'username', label: 'Username', value: access.username, autocomplete: 'username' },
          { name: 'password', label: 'Password', value: access.password, kind: 'password', autocomplete: 'current-password' },
          { name: 'isKept', label: 'Keep them in this browser', value: access.isKept ? 'yes' : '', kind: 'check' },
        ]}
        more={[{ name: 'prefix', label: 'Topic prefix', value: access.prefix, pattern: '[^+#\\/]+(\\/[^+#\\/]+)*', help: 'Levels without + and #', required: true }]}
        button="Connect"
        onDone={({ isKept, ...answers }: Answers) => onConnect({ ...(answers as Omit<Access, 'isKept'>), isKept: isKept !== '' })}
        onClose={onCancel}
      />
    </main>
  );
}

/** Where Mosquitto's configuration in the project listens. */
function guess(): string {
  const host = location.hostname || 'localhost';
  return isSecure ? `wss://${host}:8084/mqtt` : `ws://${host}:9001/mqtt`;
}
