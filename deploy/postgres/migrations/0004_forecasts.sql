-- Forecasts that were given, and the judgement on every model that was trained.

create table forecasts (
    symbol text not null,
    made_at timestamptz not null,
    bar_close_time timestamptz not null,
    horizon_s int not null,
    predicted_return double precision not null,
    probability_up double precision not null check (probability_up between 0 and 1),
    low double precision not null,
    high double precision not null,
    model text not null,
    model_version text not null,
    feature_hash text not null,
    primary key (symbol, made_at, model_version)
);

create table model_evaluations (
    id bigint generated always as identity primary key,
    symbol text not null,
    model text not null,
    evaluated_at timestamptz not null,
    trained_from timestamptz not null,
    trained_to timestamptz not null,
    tested_from timestamptz not null,
    tested_to timestamptz not null,
    samples int not null,
    independent_samples int not null,
    hit_rate double precision not null,
    hit_rate_low double precision not null,
    hit_rate_high double precision not null,
    log_loss double precision not null,
    baseline_log_loss double precision not null,
    log_loss_difference_low double precision not null,
    log_loss_difference_high double precision not null,
    brier double precision not null,
    baseline_brier double precision not null,
    mae double precision not null,
    baseline_mae double precision not null,
    coverage double precision not null,
    baseline_coverage double precision not null,
    training_seconds double precision not null,
    seed int not null,
    data_hash text not null,
    feature_hash text not null,
    model_version text not null,
    -- What the gate says; a refused version is not in the model store.
    is_promotable boolean not null,
    refused_because text[] not null,
    check (is_promotable = (cardinality(refused_because) = 0))
);

create index model_evaluations_newest on model_evaluations (symbol, evaluated_at desc);
