package io.efka.fleet.exporter;

import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the documents of a service are as samples. While its device is offline nobody knows whether it runs: what is desired, its
 * release and its last deploy stay, all else is absent.
 */
final class ServiceSamples {
    /** Each has a series, so that a sum over one of them is 0 and not absent. */
    static final List<String> STATES =
            List.of("stopped", "starting", "running", "stopping", "backoff", "failed", "completed", "scheduled");

    private final String device;
    private final String id;
    private final List<Sample> samples = new ArrayList<>();

    private ServiceSamples(ServiceView service) {
        this.device = service.device().id();
        this.id = service.id();
    }

    /** @param metrics its newest ones, or empty */
    static List<Sample> of(ServiceView service, Document metrics) {
        var made = new ServiceSamples(service);
        Document status = service.status();
        made.addWhatStays(status);
        if (!service.isKnown()) return made.samples;
        made.addState(service.state(), status);
        Optional<String> run = status.text("run");
        if (run.isPresent() && run.equals(metrics.text("run"))) made.measure(metrics);
        made.count(Family.SERVICE_SECONDS_DESIRED, metrics.decimal("seconds_desired"), 1);
        made.count(Family.SERVICE_SECONDS_AS_DESIRED, metrics.decimal("seconds_as_desired"), 1);
        return made.samples;
    }

    private void addWhatStays(Document status) {
        samples.add(Sample.of(Family.SERVICE_INFO, 1, device, id, DeviceSamples.text(status, "release")));
        status.text("desired").ifPresent(desired -> add(Family.SERVICE_DESIRED, desired.equals("running")));
        if (!status.has("deploy")) return;
        Document deploy = status.object("deploy");
        samples.add(Sample.of(
                Family.SERVICE_DEPLOY,
                1,
                device,
                id,
                DeviceSamples.text(deploy, "release"),
                DeviceSamples.text(deploy, "state")));
        deploy.instant("since").ifPresent(at -> add(Family.SERVICE_DEPLOY_SINCE, DeviceSamples.seconds(at)));
    }

    private void addState(String state, Document status) {
        for (String one : STATES) {
            samples.add(Sample.of(Family.SERVICE_STATE, one.equals(state) ? 1 : 0, device, id, one));
        }
        status.instant("since").ifPresent(at -> add(Family.SERVICE_SINCE, DeviceSamples.seconds(at)));
        add(Family.SERVICE_READY, status.flag("ready"));
        status.text("health")
                .filter(health -> health.equals("healthy") || health.equals("unhealthy"))
                .ifPresent(health -> add(Family.SERVICE_HEALTHY, health.equals("healthy")));
        add(Family.SERVICE_CRASH_LOOP, status.flag("crash_loop"));
        count(Family.SERVICE_RESTARTS, status.decimal("restarts"), 1);
        add(Family.SERVICE_HOLDS, status.objects("holds").size());
    }

    private void measure(Document metrics) {
        count(Family.SERVICE_CPU, metrics.decimal("cpu_percent"), 0.01);
        count(Family.SERVICE_PROCESSES, metrics.decimal("processes"), 1);
        count(Family.SERVICE_MEMORY, metrics.decimal("rss"), 1);
        count(Family.SERVICE_THREADS, metrics.decimal("threads"), 1);
        count(Family.SERVICE_FDS, metrics.decimal("fds"), 1);
        count(Family.SERVICE_UPTIME, metrics.decimal("uptime_ms"), 0.001);
    }

    /** What cannot be below 0, whatever the device says: the client would refuse the whole scrape. */
    private void count(Family family, OptionalDouble value, double unit) {
        value.ifPresent(number -> add(family, Math.max(0, number) * unit));
    }

    private void add(Family family, boolean is) {
        add(family, is ? 1 : 0);
    }

    private void add(Family family, double value) {
        samples.add(Sample.of(family, value, device, id));
    }
}
