package proof_test

import "dure/domain/proof"

const theTarget = "01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"

// aTarget writes a version of a target.
func aTarget(version, metric, goal, state, reason string) string {
	return `INSERT INTO targets (id, version, title, metric, region, baseline_value, baseline_on, goal_value, due_on, source, state, decided_by, decided_at, reason)
		VALUES ('` + theTarget + `', ` + version + `, '캠프', '` + metric + `', 'city', 48, '2019-03-19', ` + goal + `, '2021-12-31', '로드맵', '` + state + `', '$NOBODY',
		'2026-07-01 00:00:00.000000+00:00', '` + reason + `')`
}

var targetBreaches = []breach{
	{name: "another goal under the same target", do: []string{aTarget("1", "camps", "95", "standing", ""), aTarget("2", "camps", "60", "standing", "")},
		want: []string{proof.TargetsKept}, names: "targets " + theTarget + " version 2"},
	{name: "another metric under the same target", do: []string{aTarget("1", "camps", "95", "standing", ""), aTarget("2", "persons", "95", "standing", "")},
		want: []string{proof.TargetsKept}, names: "targets " + theTarget + " version 2"},
	{name: "a version is missing", do: []string{aTarget("1", "camps", "95", "standing", ""), aTarget("3", "camps", "95", "standing", "")},
		want: []string{proof.TargetsKept}, names: "targets " + theTarget + " version 3"},
	{name: "risen again", do: []string{aTarget("1", "camps", "95", "withdrawn", "그만둠"), aTarget("2", "camps", "95", "standing", "")},
		want: []string{proof.TargetsKept}, names: "targets " + theTarget + " version 2"},
}
