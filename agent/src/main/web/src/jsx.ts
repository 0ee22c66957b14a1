/** What elements are made with; the build puts it where they are. */
export { h, Fragment } from 'preact';
