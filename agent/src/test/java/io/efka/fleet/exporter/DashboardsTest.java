package io.efka.fleet.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page, the dashboard and the rules speak of the metrics that there are. */
class DashboardsTest {
    private static final Path DOCUMENT = Path.of("docs/dashboards.md");
    private static final Path DASHBOARD = Path.of("../docker/grafana/efka.json");
    private static final Path RULES = Path.of("../docker/prometheus/efka.rules.yml");

    private static final Pattern ROW =
            Pattern.compile("^\\| `[a-z0-9_]+` \\| (?:gauge|counter|info) \\| .*$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("\\b(?:efka|system|process|hw)_[a-z0-9_]+\\b");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z]+)");

    private static String row(Family family) {
        String labels = family.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + family.exposed() + "` | " + family.kind() + " | " + (labels.isEmpty() ? "-" : labels) + " | "
                + family.meaning() + " |";
    }

    @Test
    void theTablesHaveAllFamilies() throws IOException {
        List<String> rows = ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .map(row -> row.group())
                .toList();
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Family.values()).map(DashboardsTest::row).toList());
    }

    @Test
    void queriesAndRulesNameMetricsThatExist() throws IOException {
        assertThat(unknown(Files.readString(RULES).replace("severity", ""))).isEmpty();
        String page = Files.readString(DOCUMENT);
        assertThat(unknown(page.substring(page.indexOf("## Queries"), page.indexOf("## Telegraf"))))
                .isEmpty();
    }

    @Test
    void everyPanelOfTheDashboardAsksForMetricsAndVariablesThatExist() throws IOException {
        JsonObject dashboard =
                JsonParser.parseString(Files.readString(DASHBOARD)).getAsJsonObject();
        Set<String> variables = new HashSet<>();
        for (JsonElement one : dashboard.getAsJsonObject("templating").getAsJsonArray("list")) {
            JsonObject variable = one.getAsJsonObject();
            variables.add(variable.get("name").getAsString());
            if (variable.has("definition"))
                assertThat(unknown(variable.get("definition").getAsString())).isEmpty();
        }
        assertThat(variables).containsExactlyInAnyOrder("datasource", "group", "device", "service");
        var ids = new HashSet<Integer>();
        List<String> expressions = new ArrayList<>();
        for (JsonElement one : dashboard.getAsJsonArray("panels")) {
            JsonObject panel = one.getAsJsonObject();
            assertThat(ids.add(panel.get("id").getAsInt())).isTrue();
            assertThat(panel.getAsJsonObject("gridPos").keySet()).containsExactlyInAnyOrder("x", "y", "w", "h");
            assertThat(panel.keySet()).contains("title", "type", "datasource", "fieldConfig", "options");
            JsonArray targets = panel.getAsJsonArray("targets");
            assertThat(targets).isNotEmpty();
            targets.forEach(target ->
                    expressions.add(target.getAsJsonObject().get("expr").getAsString()));
        }
        for (String expression : expressions) {
            assertThat(NAME.matcher(expression).find()).as(expression).isTrue();
            assertThat(unknown(expression)).as(expression).isEmpty();
            assertThat(VARIABLE.matcher(expression).results().map(match -> match.group(1)))
                    .as(expression)
                    .allMatch(variables::contains);
        }
    }

    private static List<String> unknown(String text) {
        Set<String> known = Stream.of(Family.values()).map(Family::exposed).collect(Collectors.toSet());
        return NAME.matcher(text)
                .results()
                .map(name -> name.group())
                .filter(name -> !known.contains(name))
                .toList();
    }
}
