-- The user {{ database.user }} and the database {{ database.name }}. It may run any number of times: the image's own init scripts
-- run once in the life of a data folder, which is too seldom for a service that is added later.
SET log_min_error_statement = panic;  -- a statement that fails is not to be logged with its password
SELECT 'CREATE ROLE "{{ database.user }}" LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{{ database.user }}') \gexec
ALTER ROLE "{{ database.user }}" WITH LOGIN PASSWORD '{{ secret(database.secret, "sql") }}';
SELECT 'CREATE DATABASE "{{ database.name }}" OWNER "{{ database.user }}"'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{{ database.name }}') \gexec
ALTER DATABASE "{{ database.name }}" OWNER TO "{{ database.user }}";
REVOKE CONNECT ON DATABASE "{{ database.name }}" FROM PUBLIC;
{% if database.extensions %}
\connect "{{ database.name }}"
{% for extension in database.extensions %}
CREATE EXTENSION IF NOT EXISTS "{{ extension }}";
{% endfor %}
{% endif %}
