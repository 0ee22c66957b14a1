package io.efka.fleet.exporter;

import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The metric families, by the names that a scrape has. Names and units are those of the OpenTelemetry semantic conventions where these
 * know the thing and mean the same; all others begin with {@code efka_}.
 */
public enum Family {
    DEVICE_ONLINE("efka_device_online", "Whether the device's agent is connected to the broker.", "device"),
    DEVICE_INFO("efka_device_info", "What a device says of itself.", "device", "version", "host", "os", "java"),
    DEVICE_GROUP("efka_device_group_info", "The groups that a device is in.", "device", "group"),
    DEVICE_LAST_SEEN(
            "efka_device_last_seen_timestamp_seconds",
            "When the device last said the time, by its own clock: the newest of its birth, farewell and metrics.",
            "device"),
    AGENT_START("efka_agent_start_time_seconds", "When the agent started, by the device's clock.", "device"),
    BOOT("efka_device_boot_time_seconds", "When the device booted, by its own clock.", "device"),
    EVENTS_DROPPED(
            "efka_device_events_dropped_total",
            "Events that the device dropped while the broker was away, as far as this exporter heard of them.",
            "device"),
    CPU("system_cpu_utilization_ratio", "Share of all cores of the device that is busy.", "device"),
    LOAD("system_cpu_load_average_1m", "Load of the device over one minute.", "device"),
    MEMORY_LIMIT("system_memory_limit_bytes", "Memory of the device.", "device"),
    MEMORY_AVAILABLE("system_linux_memory_available_bytes", "Memory that programs can still get.", "device"),
    DISK_LIMIT("system_filesystem_limit_bytes", "Size of the file system with the data folder.", "device"),
    DISK_AVAILABLE(
            "efka_device_filesystem_available_bytes", "What is free of that file system for programs.", "device"),
    NETWORK(
            "system_network_io_bytes_total",
            "Bytes since the device booted.",
            "device",
            "network_interface_name",
            "network_io_direction"),
    TEMPERATURE("hw_temperature_celsius", "Temperature of the hottest zone.", "device"),
    UPTIME("system_uptime_seconds", "How long the device has been up.", "device"),

    SERVICE_INFO("efka_service_info", "The release of a service; empty without one.", "device", "service", "release"),
    SERVICE_DESIRED(
            "efka_service_desired_running", "Whether the service is to run, by the last command.", "device", "service"),
    SERVICE_STATE("efka_service_state", "1 for the state that the service is in.", "device", "service", "state"),
    SERVICE_SINCE(
            "efka_service_state_since_timestamp_seconds",
            "When the service entered its state, by the device's clock.",
            "device",
            "service"),
    SERVICE_READY("efka_service_ready", "Whether the service is ready by its own rule.", "device", "service"),
    SERVICE_HEALTHY(
            "efka_service_healthy",
            "Whether its health check passes; absent while that is unknown.",
            "device",
            "service"),
    SERVICE_CRASH_LOOP("efka_service_crash_loop", "Whether the service fails again and again.", "device", "service"),
    SERVICE_RESTARTS(
            "efka_service_restarts_total",
            "Automatic restarts since the last command that started or reset the service.",
            "device",
            "service"),
    SERVICE_HOLDS("efka_service_holds", "How many hold off deploys of the service.", "device", "service"),
    SERVICE_DEPLOY(
            "efka_service_deploy_info",
            "The last deploy of the service and the state that it is in.",
            "device",
            "service",
            "release",
            "state"),
    SERVICE_DEPLOY_SINCE(
            "efka_service_deploy_state_since_timestamp_seconds",
            "When the last deploy of the service entered its state, by the device's clock.",
            "device",
            "service"),
    SERVICE_CPU(
            "efka_service_cpu_usage",
            "Cores that all processes of the service use; 1 is one core.",
            "device",
            "service"),
    SERVICE_PROCESSES("efka_service_processes", "Processes of the service that are alive.", "device", "service"),
    SERVICE_MEMORY(
            "process_memory_usage_bytes", "Resident memory of all processes of the service.", "device", "service"),
    SERVICE_THREADS("efka_service_threads", "Threads of all processes of the service.", "device", "service"),
    SERVICE_FDS(
            "efka_service_open_file_descriptors",
            "Open file descriptors of all processes of the service.",
            "device",
            "service"),
    SERVICE_UPTIME("process_uptime_seconds", "How long the current run has lasted.", "device", "service"),
    SERVICE_SECONDS_DESIRED(
            "efka_service_desired_seconds_total",
            "Time for which the service was to run, since the agent started.",
            "device",
            "service"),
    SERVICE_SECONDS_AS_DESIRED(
            "efka_service_as_desired_seconds_total",
            "The part of the desired time in which the service was running and ready.",
            "device",
            "service"),
    OUTPUT_DROPPED(
            "efka_service_output_dropped_bytes_total",
            "Output that was lost before the broker had it, as far as this exporter heard of it.",
            "device",
            "service",
            "stream"),

    CONNECTED("efka_exporter_connected", "Whether the exporter is connected to the broker."),
    COMPLETE(
            "efka_exporter_snapshot_complete",
            "Whether all that the broker has retained of the fleet has come; the series of the fleet are absent before."
                    + " 0 with series: the broker drops some of it, or did not send it in time."),
    DEVICES("efka_exporter_devices", "Devices that are known."),
    SERVICES("efka_exporter_services", "Services that are known."),
    SERVICES_EXPECTED("efka_exporter_services_expected", "Services that the devices say they have."),
    CONNECTIONS_LOST("efka_exporter_connections_lost_total", "Connections to the broker that were lost."),
    MESSAGES("efka_exporter_messages_received_total", "Messages from the broker."),
    UNREADABLE("efka_exporter_messages_unreadable_total", "Statuses and metrics among them that were no JSON objects."),
    SERIES("efka_exporter_series", "Series of the fleet in this scrape."),
    SERIES_LEFT_OUT("efka_exporter_series_left_out", "Series beyond --max-series, which are not in this scrape.");

    private static final Map<String, Unit> UNITS =
            Map.of("seconds", Unit.SECONDS, "bytes", Unit.BYTES, "ratio", Unit.RATIO, "celsius", Unit.CELSIUS);

    private static final String COUNTER = "_total";
    private static final String INFO = "_info";

    private final String exposed;
    private final String meaning;
    private final List<String> labels;

    Family(String exposed, String meaning, String... labels) {
        this.exposed = exposed;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /** What kind of values it has. */
    public enum Kind {
        GAUGE,
        COUNTER,
        INFO;

        /** As in the {@code # TYPE} line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The name as a query has it. */
    public String exposed() {
        return exposed;
    }

    public String meaning() {
        return meaning;
    }

    /** In the order of a sample's values. */
    public List<String> labels() {
        return labels;
    }

    public Kind kind() {
        if (exposed.endsWith(COUNTER)) return Kind.COUNTER;
        return exposed.endsWith(INFO) ? Kind.INFO : Kind.GAUGE;
    }

    MetricMetadata metadata() {
        String name = switch (kind()) {
            case COUNTER -> exposed.substring(0, exposed.length() - COUNTER.length());
            case INFO -> exposed.substring(0, exposed.length() - INFO.length());
            case GAUGE -> exposed;
        };
        Optional<Unit> unit = Optional.ofNullable(UNITS.get(name.substring(name.lastIndexOf('_') + 1)));
        return unit.map(known -> new MetricMetadata(name, meaning, known))
                .orElseGet(() -> new MetricMetadata(name, meaning));
    }
}
