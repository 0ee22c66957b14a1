/**
 * Throws an {@code Error} in the packaged jar at every place where one thread hands work to another, and checks that
 * the agent works again or has ended: it must never keep its connection and hear nothing.
 */
package io.efka.it.injection;
