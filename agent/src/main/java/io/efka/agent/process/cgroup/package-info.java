/**
 * Control groups: which ones the machine has, one for every run, and the systemd scope that holds them.
 */
@NullMarked
package io.efka.agent.process.cgroup;

import org.jspecify.annotations.NullMarked;
