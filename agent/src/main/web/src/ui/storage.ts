/** What the browser keeps for this page. It may keep nothing at all, as in a private window or from a file: that is no error. */

export function load(key: string): string {
  try {
    return localStorage.getItem('efka.' + key) ?? '';
  } catch {
    return '';
  }
}

/** Empty removes it. */
export function save(key: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem('efka.' + key);
    else localStorage.setItem('efka.' + key, value);
  } catch {
    // Then it is asked for again.
  }
}
