package io.efka.agent.homeassistant;

/** What an update entity makes of a service's status, in the language of Home Assistant's templates (Jinja). */
final class ReleaseTemplate {
    /** While a deploy is in one of these, Home Assistant shows that something is being installed. */
    private static final String BUSY =
            "['queued','downloading','verifying','staged','activating','watching','rolling_back']";

    /**
     * The JSON that Home Assistant expects of an update entity. The latest version is that of the deploy under way, and else what
     * is installed: a release that failed here is nothing to offer once more. A stopped service is not being watched.
     */
    static final String TEXT = "{% set d = value_json.deploy | default({'state': ''}) %}"
            + "{% set busy = d.state in " + BUSY
            + " and not (d.state == 'watching' and value_json.desired == 'stopped') %}"
            + "{% set held = d.state == 'held' and value_json.holds is defined %}"
            + "{{ {'installed_version': value_json.release or 'none',"
            + " 'latest_version': (d.release if busy or held else value_json.release) or 'none',"
            + " 'in_progress': busy,"
            + " 'update_percentage': d.percent if busy and d.percent is defined else none,"
            + " 'release_summary': ('held by the ' ~ value_json.holds[0].by ~ ' until ' ~ value_json.holds[0].until ~ ': '"
            + " ~ value_json.holds[0].reason if held else d.message | default(''))[:255]} | tojson }}";

    private ReleaseTemplate() {}
}
