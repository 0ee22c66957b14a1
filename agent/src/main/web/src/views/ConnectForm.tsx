import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Access } from './access';

interface Props {
  readonly access: Access;
  /** Why the last try failed; empty if it did not. */
  readonly problem: string;
  readonly onConnect: (access: Access) => void;
  readonly onCancel?: () => void;
}

/** Asks for the broker's address and credentials. */
export function ConnectForm({ access, problem, onConnect, onCancel }: Props): JSX.Element {
  const [url, setUrl] = useState(access.url || guess());
  const [prefix, setPrefix] = useState(access.prefix);
  const [username, setUsername] = useState(access.username);
  const [password, setPassword] = useState(access.password);
  const [isKept, setKept] = useState(access.isKept);
  const wrong = urlProblem(url) ?? prefixProblem(prefix);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (wrong === undefined) onConnect({ url: url.trim(), prefix, username, password, isKept });
  };

  return (
    <main class="connect panel">
      <h1>Efka</h1>
      <p>A fleet, straight from its MQTT broker.</p>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <form onSubmit={submit}>
        <Field label="Broker (MQTT over WebSocket)" value={url} onInput={setUrl} aria-describedby="url-help" />
        <p id="url-help" class={wrong === undefined ? 'help' : 'help problem'}>
          {wrong ?? 'As in ws://broker.example:9001/mqtt, or wss:// with TLS.'}
        </p>
        <Field label="Username" value={username} onInput={setUsername} autocomplete="username" />
        <Field label="Password" value={password} onInput={setPassword} autocomplete="current-password" type="password" />
        <label class="check">
          <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
          Keep them in this browser
        </label>
        <details>
          <summary>More</summary>
          <Field label="Topic prefix" value={prefix} onInput={setPrefix} />
        </details>
        <div class="buttons">
          {onCancel !== undefined && (
            <button type="button" onClick={onCancel}>
              Cancel
            </button>
          )}
          <button type="submit" class="primary" disabled={wrong !== undefined}>
            Connect
          </button>
        </div>
      </form>
    </main>
  );
}

interface FieldProps {
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete?: string;
  readonly 'aria-describedby'?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function Field({ label, type = 'text', onInput, ...input }: FieldProps): JSX.Element {
  return (
    <label>
      {label}
      <input {...({ type, spellcheck: false, ...input } as object)} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

/** Where Mosquitto's configuration in the project listens. */
function guess(): string {
  const isSecure = location.protocol === 'https:';
  const host = location.hostname === '' ? 'localhost' : location.hostname;
  return isSecure ? `wss://${host}:8084/mqtt` : `ws://${host}:9001/mqtt`;
}

function urlProblem(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return 'This is no address; it should be as in ws://broker.example:9001/mqtt.';
  }
  if (url.protocol === 'wss:') return undefined;
  if (url.protocol !== 'ws:') return `A browser reaches a broker by ws: or wss: only, not by ${url.protocol}`;
  if (location.protocol === 'https:') return 'A page that came by https: reaches brokers by wss: only.';
  return undefined;
}

function prefixProblem(prefix: string): string | undefined {
  return /^[^+#\0/]+(\/[^+#\0/]+)*$/.test(prefix) ? undefined : 'The prefix must be one or more levels without + and #.';
}
