"""A plan of the real model that takes seconds: two parameters, two figures, one small place."""

TINY = """
name = "tiny"
scenario = "today"
reported_weeks = 39
burn_in_weeks = 13
[where]
areas = ["bnssg"]
people = 3000
place_size = 3000
[targets]
fitted = ["dem_carer_unaware", "dem_cancer_info_missed"]
held_back = ["dem_carer_attended"]
transform = "logit"
[targets.rivals]
retention_12_months = "sup_ndps_ret12"
group_life = "sup_group_median_life"
take_up = "ref_csp_uptake"
[parameters]
names = ["search_rate", "knows_specialist"]
[outputs]
names = ["available", "used_last_year"]
[calibration]
seed = 3
points = 40
replicates = 2
most_waves = 1
particles = 100
draws = 20
draw_replicates = 2
"""
