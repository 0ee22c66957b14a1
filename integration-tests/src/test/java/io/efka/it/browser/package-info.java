/** The page in a real browser, a headless Chromium. Where there is none, these suites are left out. */
@NullMarked
package io.efka.it.browser;

import org.jspecify.annotations.NullMarked;
