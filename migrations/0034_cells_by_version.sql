-- +goose Up
-- The cells of a release stand in version 2 of the form of analytics/figures: {"version": 2, "cells": [{"by": {dimension: code}, figures}]}. Before, the codes stood beside the figures, and a question coded
-- "rounded", "not_asked" or "part_of" overwrote one, or was overwritten. Where a code is there (a text or null), it is a code; a figure of that name was then not written.
UPDATE releases AS r
SET    cells = jsonb_build_object('version', 2, 'cells', COALESCE((
           SELECT jsonb_agg(jsonb_build_object('by', codes.by) || (c.cell - codes.names) ORDER BY c.n)
           FROM   jsonb_array_elements(r.cells) WITH ORDINALITY AS c (cell, n),
                  LATERAL (SELECT COALESCE(jsonb_object_agg(d.id, c.cell->d.id), '{}') AS by, COALESCE(array_agg(d.id), '{}') AS names
                           FROM   jsonb_array_elements_text(COALESCE(r.query->'by', '[]')) AS d (id)
                           WHERE  jsonb_typeof(c.cell->d.id) IN ('string', 'null')) AS codes), '[]'))
WHERE  jsonb_typeof(r.cells) = 'array';
